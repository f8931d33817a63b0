import { services } from "../api/grpc/rpcs.js";
import { isOperation, type OperationPath, operationPaths } from "../engine/contract/table.js";
import { ElanusError, ErrorCatalogue, type ErrorKind, failure, invalidParameter } from "../errors.js";
import { integer, type Rule, readOptions, text } from "../option-rules.js";
import { after } from "../values/clock.js";
import { didYouMean } from "../values/nearest-name.js";
import { shownText } from "../values/shown-text.js";

/** An operation (`entities/insert`), which is met on every surface, or a remote procedure (`Insert`). */
export type CallName = OperationPath | (string & Record<never, never>);

/** How calls are to fail. */
export interface FailOptions {
  /** One of Milvus' codes. */
  readonly code: number;
  /** Default: one that names the test. */
  readonly message?: string;
  /** How many calls; Infinity for all. Default: 1. */
  readonly times?: number;
}

/** How calls are to be held up. */
export interface DelayOptions {
  readonly ms: number;
  /** How many calls; Infinity for all, the default. */
  readonly times?: number;
}

/** What was set for calls to come. */
export interface CallRule {
  /** Calls that it has met. */
  readonly hits: number;
  /** Leaves further calls alone. */
  stop(): void;
}

interface Running extends CallRule {
  hits: number;
  left: number;
  readonly apply: () => Promise<void>;
}

const times = integer(1, 2 ** 31 - 1, true);
const rpcNames: readonly string[] = Object.values(services).flatMap((rpcs) => Object.keys(rpcs));

/** The kind of error that a code is most often; none for those that are told apart on the way out. */
const KINDS: ReadonlyMap<number, ErrorKind> = new Map(
  (Object.entries(ErrorCatalogue) as [ErrorKind, { readonly code: number }][])
    // Its text is made anew on the way out, from details that a test does not give.
    .filter(([kind]) => kind !== "CollectionNotFound")
    .reverse()
    .map(([kind, { code }]) => [code, kind]),
);

const code: Rule = { expected: "one of Milvus' codes", accepts: (value) => KINDS.has(value as number) };

/** What a test has set for calls to come. */
export class CallRules {
  readonly #rules = new Map<string, Set<Running>>();
  readonly #held = new Set<(error: Error) => void>();

  /** @throws InvalidParameter for a name or a code that is none */
  fail(name: CallName, how: number | FailOptions): CallRule {
    const given = typeof how === "number" ? { code: how } : how;
    const options = readOptions<Partial<FailOptions>>("fail", { code, message: text, times }, given);
    if (options.code === undefined) throw invalidParameter("fail takes a code: fail(name, { code })");
    const { code: number, message = `${name} was told to fail by a test` } = options;
    const kind = KINDS.get(number) as ErrorKind;
    return this.#add(name, options.times ?? 1, async () => {
      throw new ElanusError(kind, message, { detail: message }, undefined, number);
    });
  }

  /** @throws InvalidParameter for a name that is none */
  delay(name: CallName, how: number | DelayOptions): CallRule {
    const given = typeof how === "number" ? { ms: how } : how;
    const options = readOptions<Partial<DelayOptions>>("delay", { ms: integer(0, 2 ** 31 - 1), times }, given);
    const { ms } = options;
    if (ms === undefined) throw invalidParameter("delay takes milliseconds: delay(name, { ms })");
    return this.#add(name, options.times ?? Number.POSITIVE_INFINITY, () => this.#wait(ms));
  }

  /** What is to become of a call before it is run; undefined: nothing. @throws what it was told to */
  met(name: string): Promise<void> | undefined {
    const rules = this.#rules.get(name);
    if (rules === undefined || rules.size === 0) return undefined;
    const due = [...rules];
    for (const rule of due) {
      rule.hits++;
      if (--rule.left === 0) rules.delete(rule);
    }
    return (async () => {
      for (const rule of due) await rule.apply();
    })();
  }

  /** Forgets all rules; calls that are held up end. */
  clear(reason: string): void {
    this.#rules.clear();
    for (const end of this.#held) end(failure("NotReady", { reason }));
    this.#held.clear();
  }

  #add(name: string, left: number, apply: () => Promise<void>): CallRule {
    const known = [...operationPaths, ...rpcNames];
    if (typeof name !== "string" || (!isOperation(name) && !rpcNames.includes(name))) {
      const shown = shownText(name, 60);
      throw invalidParameter(`there is no operation or RPC ${shown}${didYouMean(shown, known)}`);
    }
    const rules = this.#rules.get(name) ?? new Set<Running>();
    this.#rules.set(name, rules);
    const rule: Running = { hits: 0, left, apply, stop: () => void rules.delete(rule) };
    rules.add(rule);
    return rule;
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        cancel();
        this.#held.delete(end);
        if (error === undefined) resolve();
        else reject(error);
      };
      const cancel = after(ms, () => end());
      this.#held.add(end);
    });
  }
}
