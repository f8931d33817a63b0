import { isDeepStrictEqual } from "node:util";
import type { SurfaceName } from "../api/tap.js";
import type { Reply } from "../engine/contract/reply.js";
import type { Engine, ExecuteOptions } from "../engine/index.js";
import { isElanusError } from "../errors.js";
import { thrownText } from "../values/shown-text.js";
import { type Comparable, comparable } from "./compare.js";
import { MadeThere } from "./made-there.js";
import { restForm } from "./rest-form.js";

/** How a call ended. */
export interface CallOutcome {
  /** 0: it has succeeded. */
  readonly code: number;
  readonly message?: string;
  /** What was compared; absent where that was the code alone. */
  readonly data?: Comparable;
}

/** A call that ended otherwise at the real server, or could not be made there. */
export interface ShadowDifference {
  readonly kind: "code" | "data" | "unreachable" | "left behind";
  /** Empty where it is about no call. */
  readonly operation: string;
  readonly request: object;
  readonly local: CallOutcome;
  readonly real: CallOutcome;
}

type Difference = [
  kind: ShadowDifference["kind"],
  operation: string,
  request: object,
  local: CallOutcome,
  real: CallOutcome,
];

/** A call as it was made here. */
interface FollowedCall {
  readonly path: string;
  readonly request: object;
  readonly options: ExecuteOptions | undefined;
  readonly surface: SurfaceName;
}

/** Malformed, without what it needs, with a row that does not fit. */
const CODES_OF_REST: ReadonlySet<number> = new Set([1801, 1802, 1804]);

const NOTHING: CallOutcome = { code: 0 };
const READS = /^entities\/(?:get|query|search|hybrid_search|advanced_search)$/;

/**
 * A real server that is sent the same calls, one after the other, behind their answers: what it says is compared and told, and
 * nothing else.
 */
export class Shadow {
  readonly #server: Pick<Engine, "execute" | "close">;
  readonly #differences: ShadowDifference[] = [];
  readonly #made: MadeThere;
  #turn: Promise<void> = Promise.resolve();
  /** It does not answer, or its contents are others: nothing more is sent. */
  #over = false;

  constructor(server: Pick<Engine, "execute" | "close">) {
    this.#server = server;
    this.#made = new MadeThere(server);
  }

  /** Sends a call after those before it. @param local what it came to here */
  follow({ path, request, options, surface }: FollowedCall, local: Promise<Reply<unknown>>): void {
    if (this.#over) return;
    const ended = outcomeOf(path, local);
    this.#next(async () => {
      const here = await ended;
      const { database } = options ?? {};
      const said = await restForm(request);
      if (said === undefined) return;
      const sent = READS.test(path) ? { consistencyLevel: "Strong", ...said } : said;
      const made = await this.#made.before(path, sent, database);
      const there = await outcomeOf(path, this.#server.execute(path, sent, database === undefined ? {} : { database }));
      if (there.told.code === 0) made();
      // What is wrong with a message REST says in a code of its own, before anybody reads further.
      if (surface === "grpc" && here.told.code !== 0 && CODES_OF_REST.has(there.told.code)) return;
      this.#compare(path, request, here, there);
    });
  }

  /** All that was found until now, once the server has answered. */
  async differences(): Promise<readonly ShadowDifference[]> {
    await this.#turn;
    return [...this.#differences];
  }

  /** The store here has other contents; what this shadow was told to make goes, where that is all there is. */
  contentsReplaced(emptied: boolean): void {
    this.#next(async () => {
      if (!emptied) return this.#end("left behind", "", {}, NOTHING, { code: 0, message: "it has other contents now" });
      await this.#made.drop();
    });
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#made.drop();
    await this.#server.close();
  }

  #next(work: () => Promise<void>): void {
    this.#turn = this.#turn
      .then(() => (this.#over ? undefined : work()))
      .catch((error: unknown) => {
        const message = `the call cannot be repeated there: ${thrownText(error)}`;
        this.#end("left behind", "", {}, NOTHING, { code: 0, message });
      });
  }

  #compare(operation: string, request: object, local: Outcome, real: Outcome): void {
    if (real.unreachable) {
      this.#made.forget();
      this.#end("unreachable", operation, request, local.told, real.told);
      return;
    }
    if (local.told.code !== real.told.code) this.#tell("code", operation, request, local.told, real.told);
    else if (!isDeepStrictEqual(local.told.data, real.told.data)) {
      this.#tell("data", operation, request, local.told, real.told);
    }
  }

  #end(...difference: Difference): void {
    this.#over = true;
    this.#tell(...difference);
  }

  #tell(...[kind, operation, request, local, real]: Difference): void {
    this.#differences.push({ kind, operation, request, local, real });
  }
}

interface Outcome {
  readonly told: CallOutcome;
  readonly unreachable: boolean;
}

/** Never rejects. */
async function outcomeOf(path: string, call: Promise<Reply<unknown>>): Promise<Outcome> {
  try {
    const { data } = await call;
    const compared = await comparable(path, data);
    return { told: { code: 0, ...(compared !== undefined && { data: compared }) }, unreachable: false };
  } catch (error) {
    const known = isElanusError(error) ? error : undefined;
    const told = { code: known?.code ?? 65535, message: error instanceof Error ? error.message : String(error) };
    return { told, unreachable: known?.kind === "ServerUnreachable" || known?.kind === "AnswerUnreadable" };
  }
}
