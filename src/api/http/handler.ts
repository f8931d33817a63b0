import type { Caller, Verdict } from "../../engine/index.js";
import { type ElanusError, failure } from "../../errors.js";
import { parseLongJson } from "../../values/json-in-slices.js";
import { parseFirstJson, parseFirstJsonBytes } from "../../values/json-prefix.js";
import { chain, type Soon } from "../../values/soon-or-later.js";
import type { Authenticate, Turn } from "../engine-port.js";
import { stringifyJson } from "../json.js";
import { asElanusError } from "../rest/envelope.js";
import type { Body, Outcome, Route, Router } from "../surface.js";
import { type Refusal, readCredential } from "./auth.js";
import { checkDeadline, deadlineOf, withinDeadline } from "./deadline.js";
import {
  type BodyPieces,
  type HttpRequest,
  type HttpResponse,
  header,
  type RequestHead,
  type RequestHeaders,
} from "./message.js";
import { printEnvelope } from "./print-envelope.js";
import { traceIds } from "./trace-ids.js";

/** The one plain handler under `request`, `fetch` and the HTTP server. */
export interface Handler {
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Answers a request. Never rejects. */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /**
   * The first half of `handle`, which needs no body: either the answer (no such path, bad credentials, a body announced
   * as too large) or the route to run. A promise only when a credential has to be derived, or is looked at in another thread.
   * @param announced bytes of the body, as far as they are announced
   */
  admit(head: RequestHead, announced: number): Soon<Admission>;
  /** The second half: parses the body and runs the route. Neither throws nor rejects. @param turn to be taken before a large answer is made */
  run(admitted: Admitted, request: HttpRequest, turn?: Turn): Soon<HttpResponse>;
  /** An in-process call: no credentials, no JSON text. Undefined when there is no such path. */
  call(call: InProcessCall): Soon<Outcome> | undefined;
}

/** A request that was let in. */
export interface Admitted {
  readonly route: Route;
  /** Undefined where nobody is asked. */
  readonly caller: Caller | undefined;
  readonly response?: undefined;
}

export type Admission = Admitted | { readonly route?: Route; readonly response: HttpResponse };

export interface InProcessCall {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly body: Body;
  readonly caller?: Caller | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HandlerOptions {
  readonly routers: readonly Router[];
  /** Undefined: nobody is asked who he is. */
  readonly authenticate?: Authenticate | undefined;
  readonly maxBodyBytes: number;
  /** For requests that carry no `Request-Timeout`. */
  readonly requestTimeoutMs: number;
  /** Sends CORS headers. */
  readonly cors: boolean;
  /** Gives each reply an id. */
  readonly traceIds?: boolean;
  /** Told of each request whose route is run. */
  readonly onRequest?: () => void;
}

const JSON_TYPE = "application/json; charset=utf-8";

const CORS_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-credentials": "true",
  "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH",
  "access-control-allow-headers":
    "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, accept, origin, Cache-Control, X-Requested-With",
} as const;

export function createHandler(options: HandlerOptions): Handler {
  const { routers, authenticate, maxBodyBytes } = options;
  const extraHeaders: Readonly<Record<string, string>> = options.cors ? CORS_HEADERS : {};
  const headers = { "content-type": JSON_TYPE, ...extraHeaders };
  const nextId = options.traceIds === true ? traceIds() : undefined;
  const json = (status: number, body: BodyPieces): HttpResponse =>
    nextId === undefined ? { status, headers, body } : { status, headers, traceId: nextId(), body };
  const notFound: HttpResponse = {
    status: 404,
    headers: { "content-type": "text/plain", ...extraHeaders },
    body: "404 page not found",
  };
  const noContent: HttpResponse = { status: 204, headers: extraHeaders, body: "" };

  const respond = (outcome: Outcome): HttpResponse => json(outcome.status, stringifyJson(outcome.envelope));

  const find = (method: string, path: string): Route | undefined => {
    for (const router of routers) {
      const route = router(method, path);
      if (route !== undefined) return route;
    }
    return undefined;
  };

  const admit = (head: RequestHead, announced: number): Soon<Admission> => {
    if (head.method === "OPTIONS") return { response: noContent };
    const route = find(head.method, head.path);
    if (route === undefined) return { response: notFound };
    const settle = (verdict: Verdict | Refusal | undefined): Admission => {
      if (verdict === "busy") {
        const busy = failure("RejectedByLimiter", { detail: "too many passwords are being checked" });
        return { route, response: respond(route.surface.failure(busy)) };
      }
      if (verdict === "missing" || verdict === "wrong") {
        return { route, response: respond(route.surface.refusal(verdict)) };
      }
      if (announced > maxBodyBytes) {
        return { route, response: respond(route.surface.failure(failure("BodyTooLarge", { limit: maxBodyBytes }))) };
      }
      return { route, caller: verdict };
    };
    if (authenticate === undefined || route.open === true) return settle(undefined);
    const failed = (error: unknown): Admission => ({
      route,
      response: respond(route.surface.failure(asElanusError(error))),
    });
    try {
      const { schemeRequired = false } = route.surface;
      const credential = readCredential(header(head.headers, "authorization"), { schemeRequired });
      const verdict = credential === undefined ? "missing" : authenticate(credential);
      return verdict instanceof Promise ? verdict.then(settle, failed) : settle(verdict);
    } catch (error) {
      return failed(error);
    }
  };

  const outcomeOf = (
    route: Route,
    { headers, query, body, caller, signal }: InProcessCall,
    deadline: number | undefined,
    turn?: Turn,
  ): Soon<Outcome> => {
    const failed = (error: unknown): Outcome => route.surface.failure(asElanusError(error));
    try {
      const outcome = route.run({ headers, query, body, caller, deadline, turn, signal });
      if (outcome instanceof Promise) return withinDeadline(outcome, deadline).catch(failed);
      checkDeadline(deadline);
      return outcome;
    } catch (error) {
      return failed(error);
    }
  };

  const print = ({ status, envelope, document }: Outcome, deadline: number | undefined): Soon<HttpResponse> => {
    if (document !== undefined) {
      return { status, headers: { ...document.headers, ...extraHeaders }, body: document.body };
    }
    return chain(
      printEnvelope(envelope, () => checkDeadline(deadline)),
      (body) => json(status, body),
    );
  };

  const run = (
    { route, caller }: Admitted,
    { method, path, query, headers: given, body: bytes }: HttpRequest,
    turn?: Turn,
  ): Soon<HttpResponse> => {
    // A reply that cannot be written (longer than a string may be), or not in time, is still a reply.
    const failed = (error: unknown): HttpResponse => respond(route.surface.failure(asElanusError(error)));
    try {
      if (exceeds(bytes, maxBodyBytes)) throw failure("BodyTooLarge", { limit: maxBodyBytes });
      options.onRequest?.();
      const deadline = deadlineOf(given, options.requestTimeoutMs);
      const reply = chain(bytes.length > LONG_BODY ? readLongBody(bytes) : readBody(bytes), (body) => {
        const outcome = outcomeOf(route, { method, path, query, headers: given, body, caller }, deadline, turn);
        return chain(outcome, (made) => print(made, deadline));
      });
      return reply instanceof Promise ? reply.catch(failed) : reply;
    } catch (error) {
      return failed(error);
    }
  };

  return {
    maxBodyBytes,
    admit,
    run,
    async handle(request) {
      const admission = await admit(request, Number(header(request.headers, "content-length") ?? 0));
      return admission.response ?? run(admission, request);
    },
    call(call) {
      const route = find(call.method, call.path);
      // In process nobody waits on a socket: only an explicit Request-Timeout counts.
      return route === undefined ? undefined : outcomeOf(route, call, deadlineOf(call.headers, undefined));
    },
  };
}

/** An error as the surface of this route would put it. */
export function respondFailure(route: Route, error: ElanusError): HttpResponse {
  const outcome = route.surface.failure(error);
  return { status: outcome.status, headers: { "content-type": JSON_TYPE }, body: stringifyJson(outcome.envelope) };
}

function exceeds(body: string | Uint8Array, limit: number): boolean {
  if (typeof body !== "string") return body.byteLength > limit;
  // A UTF-16 unit takes at most three bytes.
  return body.length > limit || (body.length * 3 > limit && Buffer.byteLength(body) > limit);
}

/** The body of a request as JSON: its first value. A byte order mark is not JSON; the content type is not looked at. */
function readBody(body: string | Uint8Array): Body {
  if (body.length === 0) return { kind: "none" };
  try {
    return {
      kind: "value",
      value: typeof body === "string" ? parseFirstJson(body) : parseFirstJsonBytes(bufferOf(body)),
    };
  } catch (error) {
    return malformed(error);
  }
}

/** Bytes or characters from which on a body is read in slices. */
const LONG_BODY = 256 * 1024;

/** The same, while the event loop runs. */
async function readLongBody(body: string | Uint8Array): Promise<Body> {
  try {
    return {
      kind: "value",
      value: await parseLongJson(typeof body === "string" ? body : bufferOf(body).toString("utf8")),
    };
  } catch (error) {
    return malformed(error);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(error: unknown): Body {
  return { kind: "malformed", detail: error instanceof Error ? error.message : String(error) };
}
