import { type Caller, type Engine, type ServerTraits, serverTraits } from "../engine/index.js";
import type { Authenticate, EnginePort } from "./engine-port.js";
import { fetchWith } from "./fetch.js";
import { createHandler } from "./http/handler.js";
import { type HttpRequest, type HttpResponse, headersOf } from "./http/message.js";
import { legacyRouter } from "./legacy-9091/routes.js";
import { type ElanusServer, isPageAllowed, type ListenOptions, listen, type PageOptions } from "./listen.js";
import { operationalRouter } from "./operational/routes.js";
import { type Envelope, type RequestOptions, request } from "./request.js";
import { type V1ErrorDialect, v1Router } from "./rest/v1/routes.js";
import { v2Router } from "./rest/v2/routes.js";
import { smallFirst } from "./small-first.js";
import { type BehindPage, studioRouter } from "./studio/routes.js";
import { PageSessions } from "./studio/sessions.js";
import type { Router } from "./surface.js";
import type { SurfaceName, Tap } from "./tap.js";

export interface ApiOptions {
  /** Tells who calls. Default: nobody is asked. */
  readonly authenticate?: Authenticate;
  /** What is in memory, for the Prometheus page. */
  readonly stats?: Engine["stats"];
  /** Default: cloud. */
  readonly v1ErrorDialect?: V1ErrorDialect;
  /** Largest request body. Default: 64 MB. */
  readonly maxBodyBytes?: number;
  /** For requests over `fetch` and HTTP that carry no `Request-Timeout`. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** What differs by the Milvus that is announced. Default: that of 3.0. */
  readonly server?: ServerTraits;
  /** Lets web pages of any origin call, and says so in CORS headers. Default: off. */
  readonly cors?: boolean;
  /** A server that all of it is asked of, in place of an engine of this process. */
  readonly behind?: BehindPage;
  /** Sees every call of every surface. */
  readonly tap?: Tap;
  /** Milliseconds since the epoch, for the timestamps that gRPC clients get. Default: those of the system. */
  readonly now?: () => number;
}

/** The surfaces of one engine. */
export interface Api {
  /** One request in process: plain objects, no credentials, never rejects. @param caller absent: everything is permitted */
  request(path: string, body?: unknown, options?: RequestOptions, caller?: Caller): Promise<Envelope>;
  /** WHATWG Request in, Response out. Asks for credentials with `authenticate`. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** The same for plain objects; never rejects. */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** Starts a server of REST and gRPC on one port; it stays up until its `close`. */
  listen(options?: ListenOptions): Promise<ElanusServer>;
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/** Puts the REST surfaces (v2, v1, the 9091 API) and gRPC in front of an engine. */
export function createApi(whole: EnginePort, options: ApiOptions = {}): Api {
  const engine = smallFirst(whole);
  const { authenticate, stats, server = serverTraits(), tap, now } = options;
  const seenBy = (surface: SurfaceName): EnginePort => tap?.port(surface, engine) ?? engine;
  let requests = 0;
  const cors = options.cors ?? false;
  const handlerOf = (routers: readonly Router[], asked = authenticate) =>
    createHandler({
      routers,
      onRequest: () => {
        requests++;
      },
      traceIds: server.traceIds,
      authenticate: asked,
      maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
      requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      cors,
    });
  const routers: readonly Router[] = [
    v2Router(seenBy("rest-v2"), server),
    v1Router(seenBy("rest-v1"), options.v1ErrorDialect ?? "cloud"),
    legacyRouter(seenBy("rest-9091"), server),
    operationalRouter({
      engine,
      version: server.announced,
      requests: () => requests,
      ...(stats !== undefined && { stats }),
    }),
  ];
  const handler = handlerOf(routers);
  const authenticated = authenticate !== undefined;
  /** The page is there where a port is, not in process. */
  const withPage = (page: PageOptions, isShown: boolean) => {
    const sessions = new PageSessions(page);
    const asked = sessions.authenticate(authenticate);
    const router = studioRouter({
      engine,
      page,
      sessions,
      announced: server.announced,
      authenticated,
      stats,
      behind: options.behind,
    });
    return { asked, handler: handlerOf(isShown ? [...routers, router] : routers, asked) };
  };
  return {
    request: (path, body, requestOptions, caller) => request(handler, path, body, requestOptions, caller),
    fetch: (input, init) => fetchWith(handler, input, init),
    handle: async (message) => {
      const reply = await handler.handle(message);
      return { status: reply.status, headers: headersOf(reply), body: reply.body };
    },
    listen(listenOptions = {}) {
      const { page } = listenOptions;
      // Who is to come by a one-time text alone comes in by nothing else, also where the page is not shown.
      const served =
        page === undefined
          ? { asked: authenticate, handler }
          : withPage(page, isPageAllowed(listenOptions, authenticated));
      return listen(
        served.handler,
        async () =>
          (await import("./grpc/services.js")).createGrpcServices(engine, {
            authenticate: served.asked,
            server,
            tap,
            now,
          }),
        { authenticated, cors, maxHeaderBytes: server.maxHeaderBytes },
        listenOptions,
      );
    },
  };
}

export type {
  ElanusServer,
  Envelope,
  HttpRequest,
  HttpResponse,
  ListenOptions,
  PageOptions,
  RequestOptions,
  V1ErrorDialect,
};
