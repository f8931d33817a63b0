import type { Envelope, RequestOptions } from "../api/index.js";
import { notFound } from "../api/request.js";
import { asElanusError, failureEnvelope } from "../api/rest/envelope.js";
import { failure } from "../errors.js";
import { jsonText } from "../values/json-text.js";
import { thrownText } from "../values/shown-text.js";
import { readJson } from "./answer.js";
import type { MilvusClient } from "./client.js";
import { repeatable } from "./repeatable.js";

/**
 * A REST request of whatever surface the server has: the body as JSON, the envelope as the server says it, with integers of
 * all digits. Never rejects.
 *
 * @param token absent: that of the client
 */
export async function requestThrough(
  client: MilvusClient,
  token: string | undefined,
  given: string,
  body: unknown = {},
  { method: verb = "POST", headers, timeoutMs, signal }: RequestOptions = {},
): Promise<Envelope> {
  try {
    const path = typeof given === "string" ? given : "";
    if (!path.startsWith("/")) return notFound(path);
    const method = verb.toUpperCase();
    const text = bodyText(body);
    const target = method === "GET" ? withQuery(path, body) : path;
    const call = { method, token, headers, timeoutMs, signal, repeatable: repeatable(method, path) };
    const answer = await client.call(target, text, call);
    if (answer.status === 404 && !answer.text.trimStart().startsWith("{")) return notFound(path);
    return readJson(answer, client.address.text, "number");
  } catch (error) {
    return failureEnvelope(asElanusError(error));
  }
}

/** @throws MalformedRequest for what JSON cannot say */
function bodyText(body: unknown): string {
  try {
    return jsonText(body);
  } catch (error) {
    throw failure("MalformedRequest", { detail: `json: ${thrownText(error)}` }, error);
  }
}

/** Requests of the older surfaces that read: over a network their fields stand in the address. */
function withQuery(path: string, body: unknown): string {
  const fields = Object.entries(Object(body)).filter(([, value]) => value !== undefined && value !== null);
  if (fields.length === 0 || path.includes("?")) return path;
  const query = new URLSearchParams();
  for (const [name, value] of fields)
    for (const one of [value].flat()) query.append(name, Object(one) === one ? jsonText(one) : String(one));
  return `${path}?${query}`;
}
