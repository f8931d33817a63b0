import { now } from "../../values/clock.js";

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  413: "Payload Too Large",
  503: "Service Unavailable",
};

export interface ResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body; undefined where there can be none. */
  readonly size: number | undefined;
  /** Milliseconds that the connection stays for another request; undefined: it ends. */
  readonly keepAliveMs: number | undefined;
}

/** The head of an answer, as node:http writes it. */
export function printHead({ status, headers, size, keepAliveMs }: ResponseHead): string {
  let text = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (size !== undefined) text += `content-length: ${size}\r\n`;
  text += `Date: ${date()}\r\n`;
  return keepAliveMs === undefined
    ? `${text}Connection: close\r\n\r\n`
    : `${text}Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
}

/** What is said to who never made a request. */
export function lastWords(status: string): string {
  return `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`;
}

let second = 0;
let shown = "";

function date(): string {
  const at = Math.floor(now() / 1000);
  if (at !== second) {
    second = at;
    shown = new Date(at * 1000).toUTCString();
  }
  return shown;
}
