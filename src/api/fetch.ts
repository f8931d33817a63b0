import type { Handler } from "./http/handler.js";
import { headersOf, wholeBody } from "./http/message.js";

/**
 * The REST surfaces as a `fetch` function: a WHATWG Request in, a Response out, no socket. The host of the URL is of no
 * account. The URL form makes it fit wherever a client takes its own `fetch`.
 */
export async function fetchWith(
  handler: Handler,
  input: Request | string | URL,
  init?: RequestInit,
): Promise<Response> {
  const request = requestOf(input, init);
  const url = new URL(request.url);
  const head = {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    headers: Object.fromEntries(request.headers),
  };
  const admission = await handler.admit(head, Number(head.headers["content-length"] ?? 0));
  const response =
    admission.response ??
    (await handler.run(admission, {
      ...head,
      body: request.body === null ? "" : new Uint8Array(await request.arrayBuffer()),
    }));
  const bodyless = response.status === 204 || request.method === "HEAD";
  return new Response(bodyless ? null : wholeBody(response.body), {
    status: response.status,
    headers: { ...headersOf(response) },
  });
}

/** What `fetch` was asked for: a path is one of the store's. */
export function requestOf(input: Request | string | URL, init?: RequestInit): Request {
  if (input instanceof Request && init === undefined) return input;
  return new Request(typeof input === "string" && input.startsWith("/") ? `http://milvus${input}` : input, init);
}
