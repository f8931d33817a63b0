import { isOperation, operationPaths } from "../engine/contract/table.js";
import type { Caller } from "../engine/index.js";
import { nearestName } from "../values/nearest-name.js";
import type { Handler } from "./http/handler.js";
import { splitTarget } from "./http/message.js";
import { asElanusError, failureEnvelope } from "./rest/envelope.js";
import { V2_PREFIX } from "./rest/v2/routes.js";
import { LazyRows } from "./rows/lazy-rows.js";

/** Options of an in-process request. */
export interface RequestOptions {
  /** Default: POST. */
  readonly method?: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that the answer is waited for. */
  readonly timeoutMs?: number;
  /** Aborted, the answer is 10000, "context canceled". */
  readonly signal?: AbortSignal;
}

/** A reply: `code` 0 (v2) or 200 (v1) means success. The 9091 API has envelopes without `code`. */
export interface Envelope {
  readonly code?: number;
  readonly data?: unknown;
  readonly message?: string;
  readonly [key: string]: unknown;
}

/**
 * Answers a REST request without HTTP and without JSON text: the body is a plain object, and so is the envelope that comes
 * back. Int64 values are `number` when safe, else `bigint` (strings after `Accept-Type-Allow-Int64: false`), vectors are
 * arrays of numbers. Never rejects; no credentials are asked for; a path that does not exist answers
 * `{ code: 404, message: "404 page not found" }`, with a hint where another path was most likely meant.
 *
 * @param path with its query string where the surface takes one (REST v1, the 9091 API)
 * @param body an empty object when absent
 * @param caller absent: everything is permitted
 */
export async function request(
  handler: Handler,
  path: string,
  body?: unknown,
  options: RequestOptions = {},
  caller?: Caller,
): Promise<Envelope> {
  try {
    const target = splitTarget(typeof path === "string" ? path : "");
    const outcome = handler.call({
      method: options.method?.toUpperCase() ?? "POST",
      path: target.path,
      query: target.query,
      headers: options.headers === undefined ? {} : lowerCased(options.headers),
      body: { kind: "value", value: body ?? {} },
      caller,
      signal: options.signal,
    });
    return outcome === undefined ? notFound(target.path) : plain((await outcome).envelope);
  } catch (error) {
    // Arguments that are not what their types say.
    return failureEnvelope(asElanusError(error));
  }
}

/** No such path; where it is that of an operation without the prefix, or nearly, that is said beside the message. */
export function notFound(path: string): Envelope {
  const action = path.replace(/^\//, "").replace(/^v2\/vectordb\//, "");
  const operation = isOperation(action) ? action : nearestName(action, operationPaths);
  return {
    code: 404,
    message: "404 page not found",
    ...(operation !== undefined && { hint: `did you mean "${V2_PREFIX}${operation}"?` }),
  };
}

/** An envelope with its rows as objects. */
async function plain(envelope: Readonly<Record<string, unknown>>): Promise<Envelope> {
  for (const [key, value] of Object.entries(envelope)) {
    if (value instanceof LazyRows) return { ...envelope, [key]: await value.objects() };
  }
  return envelope;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
