import type { RequestField } from "../../engine/contract/row.js";
import type { Engine } from "../../engine/index.js";
import { failure } from "../../errors.js";
import type { EnginePort } from "../engine-port.js";
import type { PageOptions } from "../listen.js";
import { executeOptions, requestValue } from "../rest/decode.js";
import { failureOutcome } from "../rest/envelope.js";
import { decodeShape } from "../rest/v2/decode.js";
import { v2Surface } from "../rest/v2/routes.js";
import { type Call, documentRouter, type Outcome, type Route, type Router, type Surface } from "../surface.js";
import { PAGE_PATHS, pageFile } from "./files.js";
import { FILTER_REQUEST, tryFilter } from "./filter.js";
import { seenStats } from "./seen-stats.js";

export interface StudioOptions {
  readonly engine: EnginePort;
  readonly page: PageOptions;
  /** The version that clients are told of. */
  readonly announced: string;
  /** Somebody is asked who he is. */
  readonly authenticated: boolean;
  readonly stats: Engine["stats"] | undefined;
}

/** How a user of the page comes in. */
type Login = "none" | "password" | "secret";

const surface: Surface = { failure: failureOutcome, refusal: v2Surface.refusal };
const SESSION_REQUEST: Readonly<Record<string, RequestField>> = { secret: { kind: "string", required: true } };

/**
 * The page at `/`, and what it asks for that REST v2 has not. Its files are for everybody who can come to the port, data for those
 * who may have them by REST as well.
 */
export function studioRouter({ engine, page, announced, authenticated, stats }: StudioOptions): Router {
  const { writes = false, exchange } = page;
  const login: Login = exchange !== undefined ? "secret" : authenticated ? "password" : "none";
  const route = (run: (call: Call) => unknown, open = false): Route => ({
    surface,
    open,
    run: async (call) => ({ status: 200, envelope: { code: 0, data: await run(call) } }),
  });
  const routes = new Map<string, Route>([
    ...PAGE_PATHS.map((path) => [`GET ${path}`, fileRoute(path)] as const),
    ["GET /studio/about", route(() => ({ announced, writes, login }), true)],
    [
      "POST /studio/session",
      route((call) => {
        const { secret } = decodeShape(SESSION_REQUEST, requestValue(call.body), "StudioSession");
        const token = exchange?.(secret as string);
        if (token === undefined) throw failure("NotAuthenticated");
        return { token };
      }, true),
    ],
    ["POST /studio/stats", route(async (call) => seenStats(engine, await stats?.(), executeOptions(call)))],
    [
      "POST /studio/filter",
      route((call) => {
        const request = decodeShape(FILTER_REQUEST, requestValue(call.body), "StudioFilter");
        return tryFilter(engine, request, executeOptions(call));
      }),
    ],
  ]);
  return documentRouter(routes);
}

function fileRoute(path: string): Route {
  return {
    surface,
    open: true,
    run: async ({ headers }): Promise<Outcome> => {
      const document = await pageFile(path, headers);
      return document === undefined
        ? {
            status: 404,
            envelope: {},
            document: { headers: { "content-type": "text/plain" }, body: "404 page not found" },
          }
        : { status: 200, envelope: {}, document };
    },
  };
}
