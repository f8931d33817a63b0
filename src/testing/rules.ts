import { services } from "../api/grpc/rpcs.js";
import type { CallLimits } from "../engine/contract/call-limits.js";
import { isOperation, type OperationPath, operationPaths } from "../engine/contract/table.js";
import { failure, invalidParameter } from "../errors.js";
import { integer, readOptions, text } from "../option-rules.js";
import { knownError } from "../remote/known-errors.js";
import { after, now } from "../values/clock.js";
import { didYouMean } from "../values/nearest-name.js";
import { shownText } from "../values/shown-text.js";

/** An operation (`entities/insert`), which is met on every surface, or a remote procedure (`Insert`). */
export type CallName = OperationPath | (string & Record<never, never>);

/** How calls are to fail. */
export interface FailOptions {
  /** Any but 0 that a server may answer, also those that Elanus has no use for: 503, a channel that is not available. */
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
  readonly apply: (limits: CallLimits) => Promise<void>;
}

const times = integer(1, 2 ** 31 - 1, true);
const rpcNames: readonly string[] = Object.values(services).flatMap((rpcs) => Object.keys(rpcs));

/** 0 is success. */
const code = integer(1, 2 ** 31 - 1);

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
    return this.#add(name, options.times ?? 1, async () => {
      throw knownError(number, message);
    });
  }

  /** @throws InvalidParameter for a name that is none */
  delay(name: CallName, how: number | DelayOptions): CallRule {
    const given = typeof how === "number" ? { ms: how } : how;
    const options = readOptions<Partial<DelayOptions>>("delay", { ms: integer(0, 2 ** 31 - 1), times }, given);
    const { ms } = options;
    if (ms === undefined) throw invalidParameter("delay takes milliseconds: delay(name, { ms })");
    return this.#add(name, options.times ?? Number.POSITIVE_INFINITY, (limits) => this.#wait(ms, limits));
  }

  /**
   * What is to become of a call before it is run; undefined: nothing.
   *
   * @throws what it was told to; Timeout, Canceled for one that nobody waits for any more
   */
  met(name: string, limits: CallLimits = {}): Promise<void> | undefined {
    const rules = this.#rules.get(name);
    if (rules === undefined || rules.size === 0) return undefined;
    const due = [...rules];
    for (const rule of due) {
      rule.hits++;
      if (--rule.left === 0) rules.delete(rule);
    }
    return (async () => {
      for (const rule of due) await rule.apply(limits);
    })();
  }

  /** Forgets all rules; calls that are held up end. */
  clear(reason: string): void {
    this.#rules.clear();
    for (const end of this.#held) end(failure("NotReady", { reason }));
    this.#held.clear();
  }

  #add(name: string, left: number, apply: Running["apply"]): CallRule {
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

  #wait(ms: number, { deadline = Number.POSITIVE_INFINITY, signal }: CallLimits): Promise<void> {
    const left = Math.max(0, deadline - now());
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        cancel();
        signal?.removeEventListener("abort", leave);
        this.#held.delete(end);
        if (error === undefined) resolve();
        else reject(error);
      };
      const leave = (): void => end(failure("Canceled", undefined, signal?.reason));
      const cancel = after(Math.min(ms, left), () => end(left < ms ? failure("Timeout") : undefined));
      signal?.addEventListener("abort", leave, { once: true });
      this.#held.add(end);
    });
  }
}
