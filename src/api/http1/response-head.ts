import { now } from "../../values/clock.js";
import { type HttpResponse, TRACE_ID } from "../http/message.js";

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

/** The head of an answer. */
export interface ResponseHead {
  readonly response: Pick<HttpResponse, "status" | "headers" | "traceId">;
  /** Bytes of the body; undefined where there can be none. */
  readonly size: number | undefined;
  /** Milliseconds that the connection stays for another request; undefined: it ends. */
  readonly keepAliveMs: number | undefined;
}

/** The head of an answer, as node:http writes it. */
export function printHead({ response, size, keepAliveMs }: ResponseHead): string {
  const { traceId } = response;
  let text = front(response);
  if (traceId !== undefined) text += `${TRACE_ID}: ${traceId}\r\n`;
  if (size !== undefined) text += `content-length: ${size}\r\n`;
  text += date();
  return keepAliveMs === undefined
    ? `${text}Connection: close\r\n\r\n`
    : `${text}Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`;
}

/** What is said to who never made a request. */
export function lastWords(status: string): string {
  return `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`;
}

/** Most answers have the status and the headers of the one before. */
let lastStatus = 0;
let lastHeaders: HttpResponse["headers"] = {};
let shownFront = "";

function front({ status, headers }: Pick<HttpResponse, "status" | "headers">): string {
  if (lastHeaders !== headers || lastStatus !== status) {
    lastStatus = status;
    lastHeaders = headers;
    shownFront = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
    for (const name in headers) shownFront += `${name}: ${headers[name]}\r\n`;
  }
  return shownFront;
}

let second = 0;
let shownDate = "";

function date(): string {
  const at = Math.floor(now() / 1000);
  if (at !== second) {
    second = at;
    shownDate = `Date: ${new Date(at * 1000).toUTCString()}\r\n`;
  }
  return shownDate;
}
