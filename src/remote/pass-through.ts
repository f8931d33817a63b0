import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { requestOf } from "../api/fetch.js";
import { asElanusError, failureEnvelope } from "../api/rest/envelope.js";
import type { MilvusClient } from "./client.js";

/** Of one connection, and none of the message's: they end where it does. */
const OF_A_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers of a message for the next hop. */
export function forwarded(headers: IncomingMessage["headers"]): Record<string, string | string[]> {
  const named = String(headers.connection ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] =>
        entry[1] !== undefined && !OF_A_CONNECTION.has(entry[0]) && !named.includes(entry[0]),
    ),
  );
}

/** A request as the server gets it: with who calls and about what, unless it says so itself. */
export function outgoingHeaders(
  headers: IncomingMessage["headers"],
  client: MilvusClient,
): Record<string, string | string[]> {
  const { host: _, expect: _expect, ...own } = forwarded(headers);
  return { ...client.headers(), ...own };
}

/** A WHATWG request handed on to the server as it is, its answer as it comes. Never rejects but for the signal of the request. */
export async function fetchThrough(
  client: MilvusClient,
  input: Request | string | URL,
  init?: RequestInit,
): Promise<Response> {
  const request = requestOf(input, init);
  const { pathname, search } = new URL(request.url);
  let response: IncomingMessage;
  try {
    response = await client.send({
      method: request.method,
      path: pathname + search,
      headers: { ...outgoingHeaders(Object.fromEntries(request.headers), client), "accept-encoding": "identity" },
      body: request.body === null ? undefined : Readable.fromWeb(request.body as ReadableStream),
      signal: request.signal,
    });
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    return Response.json(failureEnvelope(asElanusError(error)), { status: BAD_GATEWAY });
  }
  const { statusCode: status = BAD_GATEWAY, headers } = response;
  const bodyless = status === 204 || status === 304 || request.method === "HEAD";
  if (bodyless) response.resume();
  return new Response(bodyless ? null : (Readable.toWeb(response) as ConstructorParameters<typeof Response>[0]), {
    status,
    headers: headersOf(headers),
  });
}

export const BAD_GATEWAY = 502;

function headersOf(headers: IncomingMessage["headers"]): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(forwarded(headers))) {
    for (const one of [value].flat()) all.append(name, one);
  }
  return all;
}

/** The JSON envelope of a failure on the way, which the server knows nothing of. */
export function failedOnTheWay(error: unknown): string {
  return JSON.stringify(failureEnvelope(asElanusError(error)));
}
