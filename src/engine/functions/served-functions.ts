import { failure, isElanusError } from "../../errors.js";
import { after, now } from "../../values/clock.js";
import { isList } from "../../values/js-value.js";
import { thrownText } from "../../values/shown-text.js";
import type { ApplicationFunctions, EmbedFacts, RerankFacts } from "./application-functions.js";
import { embedFor } from "./embedders.js";

type FunctionName = keyof ApplicationFunctions;

/** Texts that a model gets at a time. */
const TEXTS_PER_CALL = 128;

/** Milliseconds of a timer: longer ones end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** When a call of a model is left. */
interface Ending {
  /** Milliseconds since the epoch. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

/**
 * The models of the application, called with an end: what they are given is theirs to change, and what they give back is looked at before
 * it is used.
 */
export class ServedFunctions {
  readonly #functions: ApplicationFunctions;
  readonly #calls: { readonly running: Set<AbortController>; closed: boolean };
  readonly #lent = new WeakMap<ApplicationFunctions, ServedFunctions>();

  /** @param beside those that are closed together with these */
  constructor(functions: ApplicationFunctions = {}, beside?: ServedFunctions) {
    this.#functions = functions;
    this.#calls = beside === undefined ? { running: new Set(), closed: false } : beside.#calls;
  }

  /** The models of another application, which lends them for its own calls. */
  of(functions: ApplicationFunctions): ServedFunctions {
    const known = this.#lent.get(functions);
    if (known !== undefined) return known;
    const served = new ServedFunctions(functions, this);
    this.#lent.set(functions, served);
    return served;
  }

  /** Whether the application serves it. */
  has(name: FunctionName): boolean {
    return this.#functions[name] !== undefined;
  }

  /**
   * The vectors of texts, each of the dimension that is asked for; what their elements are is not looked at.
   *
   * @param take gets each piece of them at once: a model may use its room again
   * @throws FunctionFailed, FunctionResult, Timeout, Canceled, NotReady when the database is closed meanwhile
   */
  async embed(
    texts: readonly string[],
    facts: EmbedFacts,
    ending: Ending,
    take: (texts: readonly string[], vectors: readonly ArrayLike<number>[]) => void,
  ): Promise<void> {
    for (let from = 0; from < texts.length; from += TEXTS_PER_CALL) {
      const some = texts.slice(from, from + TEXTS_PER_CALL);
      const vectors = await this.#call("embed", ending, (embedders, signal) =>
        embedFor(embedders, facts)([...some], { ...facts, params: { ...facts.params }, signal }),
      );
      if (!isList(vectors) || vectors.length !== some.length) {
        throw wrong("embed", `the number of texts and embeddings does not match ${counts(some, "embedding", vectors)}`);
      }
      const list = Array.from(vectors);
      for (const vector of list) checkVector(vector, facts.dimension);
      take(some, list);
    }
  }

  /**
   * A score per text.
   *
   * @throws FunctionFailed, FunctionResult, Timeout, Canceled, NotReady when the database is closed meanwhile
   */
  async rerank(
    query: string,
    texts: readonly string[],
    facts: RerankFacts,
    ending: Ending,
  ): Promise<readonly number[]> {
    if (texts.length === 0) return [];
    const scores = await this.#call("rerank", ending, (rerank, signal) =>
      rerank(query, [...texts], { ...facts, params: { ...facts.params }, signal }),
    );
    if (!isList(scores) || scores.length !== texts.length) {
      throw wrong("rerank", `the number of texts and scores does not match ${counts(texts, "score", scores)}`);
    }
    const list = Array.from(scores);
    if (!list.every(Number.isFinite)) throw wrong("rerank", "a score is no finite number");
    return list;
  }

  /** Ends the calls that run; nothing is called from now on. */
  close(): void {
    this.#calls.closed = true;
    for (const running of this.#calls.running) running.abort(databaseClosed());
  }

  async #call<Name extends FunctionName, T>(
    name: Name,
    { deadline, signal }: Ending,
    work: (run: NonNullable<ApplicationFunctions[Name]>, signal: AbortSignal) => T | Promise<T>,
  ): Promise<T> {
    const run = this.#functions[name];
    if (run === undefined) throw new Error(`${name} is not served`);
    if (this.#calls.closed) throw databaseClosed();
    const end = new AbortController();
    const left = deadline === undefined ? undefined : Math.min(Math.max(0, deadline - now()), LONGEST_TIMER);
    const timer = left === undefined ? undefined : after(left, () => end.abort(failure("Timeout")));
    const leave = (): void => end.abort(failure("Canceled", undefined, signal?.reason));
    signal?.addEventListener("abort", leave, { once: true });
    this.#calls.running.add(end);
    const ended = new Promise<never>((_, reject) => {
      end.signal.addEventListener("abort", () => reject(end.signal.reason), { once: true });
    });
    try {
      return await Promise.race([work(run, end.signal), ended]);
    } catch (error) {
      if (end.signal.aborted) throw end.signal.reason;
      if (isElanusError(error, "EmbedModelDiffers")) throw error;
      throw failure("FunctionFailed", { function: name, reason: thrownText(error) }, error);
    } finally {
      timer?.();
      signal?.removeEventListener("abort", leave);
      this.#calls.running.delete(end);
    }
  }
}

function checkVector(vector: unknown, dimension: number): void {
  if (!isList(vector)) throw wrong("embed", "an embedding is no list of numbers");
  if (vector.length === dimension) return;
  throw wrong(
    "embed",
    `the required embedding dim is [${dimension}], but the embedding obtained from the model is [${vector.length}]`,
  );
}

function counts(texts: readonly string[], what: string, given: unknown): string {
  return `text:[${texts.length}], ${what}:[${isList(given) ? given.length : 0}]`;
}

function wrong(name: FunctionName, text: string): Error {
  return failure("FunctionResult", { function: name, text });
}

function databaseClosed(): Error {
  return failure("NotReady", { reason: "the database is closed" });
}
