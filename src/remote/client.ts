import type { IncomingMessage } from "node:http";
import { failure, isElanusError } from "../errors.js";
import { after } from "../values/clock.js";
import type { ServerAddress } from "./address.js";
import { type Answer, readAnswer } from "./answer.js";
import { Connection, type OutgoingRequest } from "./connection.js";

export interface ClientOptions {
  /** `user:password`, or an API key. */
  readonly token?: string | undefined;
  /** Milliseconds that a call may take, all its tries together; Infinity: as long as it takes. */
  readonly timeoutMs: number;
  /** How often a call that is safe to repeat is repeated. */
  readonly retries: number;
  /** Database of requests that name none. */
  readonly database?: string | undefined;
}

/** What one call differs in. */
export interface ClientCall {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly method?: string | undefined;
  /** Doing it twice is as good as doing it once: it is repeated also when the server may have done it. */
  readonly repeatable?: boolean;
}

const FIRST_PAUSE_MS = 100;

/**
 * A client of the REST surfaces of one Milvus server: connections that are kept, a clock and a signal for every call, and
 * tries again where that does no harm. What the answers mean is for others to know.
 */
export class MilvusClient {
  readonly address: ServerAddress;
  readonly #connection: Connection;
  readonly #options: ClientOptions;
  readonly #running = new Set<Promise<void>>();

  constructor(address: ServerAddress, options: ClientOptions) {
    this.address = address;
    this.#connection = new Connection(address);
    this.#options = options;
  }

  /**
   * Sends a JSON text, reads the JSON of the answer, whatever it says.
   *
   * @throws ServerUnreachable, AnswerUnreadable, Timeout, Canceled
   */
  call(path: string, body: string, given: ClientCall = {}): Promise<Answer> {
    const call = this.#call(path, body, given);
    const kept = call.then(noted, noted).finally(() => this.#running.delete(kept));
    this.#running.add(kept);
    return call;
  }

  async #call(path: string, body: string, given: ClientCall): Promise<Answer> {
    const { retries } = this.#options;
    const limits = this.#limits(given);
    try {
      for (let pause = FIRST_PAUSE_MS, left = retries; ; pause *= 2, left--) {
        try {
          limits.signal.throwIfAborted();
          const response = await this.#connection.send({
            method: given.method ?? "POST",
            path,
            headers: { ...this.headers(given.token), ...timeLimit(limits.timeoutMs), ...given.headers, ...JSON_BODY },
            body: given.method === "GET" && body === "{}" ? undefined : body,
            signal: limits.signal,
          });
          const answer = await readAnswer(response, this.address.text, limits.signal);
          if (left <= 0 || given.repeatable !== true || !PASSING_STATUS.has(answer.status)) return answer;
        } catch (error) {
          if (left <= 0 || !mayRepeat(error, given.repeatable === true)) throw error;
        }
        await waited(pause, limits.signal);
      }
    } catch (error) {
      throw limits.ended(error);
    } finally {
      limits.stop();
    }
  }

  /** Hands a request on as it is, and answers the response as it comes. @throws ServerUnreachable, and the signal's reason */
  send(request: OutgoingRequest): Promise<IncomingMessage> {
    return this.#connection.send(request);
  }

  /** Who calls, and about which database. */
  headers(token = this.#options.token): Record<string, string> {
    const { database } = this.#options;
    return {
      ...(token !== undefined && { authorization: `Bearer ${headerText(token)}` }),
      ...(database !== undefined && { "db-name": headerText(database) }),
    };
  }

  /** Waits for the calls that are under way. */
  async close(): Promise<void> {
    await Promise.all(this.#running);
    this.#connection.close();
  }

  #limits({ signal: callers, timeoutMs = this.#options.timeoutMs }: ClientCall) {
    const timer = new AbortController();
    const stop = timeoutMs === Number.POSITIVE_INFINITY ? () => {} : after(timeoutMs, () => timer.abort());
    const signal = callers === undefined ? timer.signal : AbortSignal.any([timer.signal, callers]);
    return {
      timeoutMs,
      signal,
      stop,
      /** What an error is called by whoever gave the limit that it comes of. */
      ended: (error: unknown): unknown => {
        if (!signal.aborted) return error;
        if (!timer.signal.aborted) return failure("Canceled", undefined, callers?.reason);
        return failure("Timeout", { context: `${this.address.text} has not answered in ${timeoutMs} ms` }, error);
      },
    };
  }
}

function noted(): void {}

const JSON_BODY = { "content-type": "application/json", accept: "application/json", "accept-encoding": "identity" };

/** So that the server gives up, too. */
function timeLimit(timeoutMs: number): Record<string, string> {
  if (timeoutMs === Number.POSITIVE_INFINITY) return {};
  return { "request-timeout": String(Math.ceil(timeoutMs / 1000)) };
}

/** Headers are bytes; what is meant by them is UTF-8. */
function headerText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** What passes by itself, as a server that starts again. A name that is unknown and a certificate that is wrong stay so. */
const PASSING: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);
/** Of a gateway without a server behind it. */
const PASSING_STATUS: ReadonlySet<number> = new Set([502, 503, 504]);

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (!isElanusError(error, "ServerUnreachable")) return false;
  if (error.details["sent"] === true && !repeatable) return false;
  const { code, errors } = (error.cause ?? {}) as { code?: unknown; errors?: readonly { code?: unknown }[] };
  return PASSING.has(code) || errors?.some((one) => PASSING.has(one.code)) === true;
}

function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = after(milliseconds, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
