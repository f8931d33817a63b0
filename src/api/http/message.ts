/** An HTTP body: text, or its bytes in pieces where it is large. */
export type BodyPieces = string | readonly Uint8Array[];

/** Header names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request without its body: all that is needed to say whether the body is worth reading. */
export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The raw query string without `?`. */
  readonly query: string;
  readonly headers: RequestHeaders;
}

export interface HttpRequest extends RequestHead {
  readonly body: string | Uint8Array;
}

/** What servers since 3.0 call the request in their logs. */
export const TRACE_ID = "x-milvus-trace-id";

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Stands behind the headers. */
  readonly traceId?: string;
  readonly body: BodyPieces;
}

/** All headers of a response. */
export function headersOf({ headers, traceId }: HttpResponse): Readonly<Record<string, string>> {
  return traceId === undefined ? headers : { ...headers, [TRACE_ID]: traceId };
}

/** The bytes of a body in one piece. */
export function wholeBody(body: BodyPieces): string | Uint8Array {
  return typeof body === "string" ? body : Buffer.concat(body);
}

/** The single value of a header; undefined when absent. */
export function header(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "object" ? value[0] : value;
}

/** Splits `/path?query`. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

const TRUE_TEXTS: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE_TEXTS: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** A boolean header as the server reads it; undefined when absent or unreadable. */
export function booleanHeader(headers: RequestHeaders, name: string): boolean | undefined {
  const value = header(headers, name);
  if (value === undefined) return undefined;
  if (TRUE_TEXTS.has(value)) return true;
  return FALSE_TEXTS.has(value) ? false : undefined;
}
