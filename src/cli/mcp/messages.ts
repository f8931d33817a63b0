/** A message of JSON-RPC 2.0, as far as it can be told before it is looked at. */
export interface Message {
  readonly id?: unknown;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Numbers of JSON-RPC, and one of the Model Context Protocol. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
export const UNSUPPORTED_VERSION = -32022;

/** What a request is answered instead of a result. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * A message out of a value.
 *
 * @returns undefined for the answer to a request, of which this side makes none
 * @throws RpcError for what is no message
 */
export function readMessage(value: unknown): Message | undefined {
  if (!isObject(value)) throw new RpcError(INVALID_REQUEST, "a message is an object");
  const { jsonrpc, id, method, params = {} } = value;
  if (jsonrpc !== "2.0") throw new RpcError(INVALID_REQUEST, 'the "jsonrpc" of a message is "2.0"');
  if (method === undefined && ("result" in value || "error" in value)) return undefined;
  if (typeof method !== "string") throw new RpcError(INVALID_REQUEST, "a request names its method");
  if (id !== undefined && typeof id !== "string" && typeof id !== "number" && typeof id !== "bigint") {
    throw new RpcError(INVALID_REQUEST, "the id of a request is a text or a number");
  }
  if (!isObject(params)) throw new RpcError(INVALID_PARAMS, "params are an object");
  return { ...(id !== undefined && { id }), method, params };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
