import { type ApplicationFunctions, type EmbedContext, embedFor, type RerankContext } from "../engine/index.js";
import { isElanusError } from "../errors.js";
import { thrownText } from "../values/shown-text.js";
import { type FunctionAnswer, type FunctionCall, fromWire, toWire, type WorkerReply } from "./protocol.js";

/**
 * Functions of the application for an engine in another thread: a function cannot be handed over, so each call of it is a
 * message to the thread where it lives, and its answer a message back.
 */

/** The side of the application: runs what the engine asks for. */
export class LentFunctions {
  readonly #functions: ApplicationFunctions;
  readonly #answer: (answer: FunctionAnswer) => void;
  readonly #running = new Map<number, AbortController>();

  constructor(functions: ApplicationFunctions, answer: (answer: FunctionAnswer) => void) {
    this.#functions = functions;
    this.#answer = answer;
  }

  /** Names of the functions there are. */
  get names(): readonly (keyof ApplicationFunctions)[] {
    return FUNCTION_NAMES.filter((name) => this.#functions[name] !== undefined);
  }

  async run(id: number, { name, given }: FunctionCall): Promise<void> {
    const end = new AbortController();
    this.#running.set(id, end);
    try {
      const context = { ...(given.at(-1) as object), signal: end.signal };
      const value = await this.#function(name, context)(...given.slice(0, -1), context);
      this.#send({ id, method: "answer", value });
    } catch (error) {
      const refused = isElanusError(error, "EmbedModelDiffers") ? { refused: toWire(error) } : {};
      this.#send({ id, method: "answer", failed: thrownText(error), ...refused });
    } finally {
      this.#running.delete(id);
    }
  }

  #function(name: keyof ApplicationFunctions, context: unknown): (...given: readonly unknown[]) => unknown {
    const { embed, rerank } = this.#functions;
    const run = name === "embed" && embed !== undefined ? embedFor(embed, context as EmbedContext) : rerank;
    return run as (...given: readonly unknown[]) => unknown;
  }

  abort(id: number): void {
    this.#running.get(id)?.abort();
  }

  /** The engine has gone. */
  abortAll(): void {
    for (const end of this.#running.values()) end.abort();
  }

  #send(answer: FunctionAnswer): void {
    try {
      this.#answer(answer);
    } catch (error) {
      // What cannot be cloned is no list of numbers.
      this.#answer({ id: answer.id, method: "answer", failed: thrownText(error) });
    }
  }
}

const FUNCTION_NAMES: readonly (keyof ApplicationFunctions)[] = ["embed", "rerank"];

/** The side of the engine: functions that are run elsewhere. */
export class BorrowedFunctions {
  readonly functions: ApplicationFunctions;
  readonly #ask: (message: WorkerReply) => void;
  readonly #pending = new Map<number, (answer: FunctionAnswer) => void>();
  #nextId = 1;

  /** @param names of the functions there are */
  constructor(names: readonly (keyof ApplicationFunctions)[], ask: (message: WorkerReply) => void) {
    this.#ask = ask;
    this.functions = {
      ...(names.includes("embed") && {
        embed: (texts: readonly string[], { signal, ...facts }: EmbedContext) =>
          this.#run<readonly ArrayLike<number>[]>({ name: "embed", given: [texts, facts] }, signal),
      }),
      ...(names.includes("rerank") && {
        rerank: (query: string, texts: readonly string[], { signal, ...facts }: RerankContext) =>
          this.#run<ArrayLike<number>>({ name: "rerank", given: [query, texts, facts] }, signal),
      }),
    };
  }

  answered(answer: FunctionAnswer): void {
    this.#pending.get(answer.id)?.(answer);
    this.#pending.delete(answer.id);
  }

  /** Nothing is answered any more. */
  end(reason: string): void {
    for (const [id, settle] of this.#pending) settle({ id, method: "answer", failed: reason });
    this.#pending.clear();
  }

  #run<T>(call: FunctionCall, signal: AbortSignal): Promise<T> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ value, failed, refused }) => {
        if (failed === undefined) resolve(value as T);
        else if (refused !== undefined) reject(fromWire(refused));
        else reject(new Error(failed));
      });
      signal.addEventListener("abort", () => this.#ask({ id, abort: true }), { once: true });
      this.#ask({ id, call });
    });
  }
}
