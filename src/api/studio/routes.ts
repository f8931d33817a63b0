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
import type { PageSessions } from "./sessions.js";

/** A server for which a page is shown elsewhere. */
export interface BehindPage {
  /** Without credentials. */
  readonly address: string;
  /** Servers of Milvus answer some questions of the page otherwise. */
  isElanus(): Promise<boolean>;
}

export interface StudioOptions {
  readonly engine: EnginePort;
  readonly page: PageOptions;
  readonly sessions: PageSessions;
  /** The version that clients are told of. */
  readonly announced: string;
  /** Somebody is asked who he is. */
  readonly authenticated: boolean;
  readonly stats: Engine["stats"] | undefined;
  readonly behind: BehindPage | undefined;
}

/** How a user of the page comes in. */
type Login = "none" | "password" | "secret";

const surface: Surface = { failure: failureOutcome, refusal: v2Surface.refusal };
const SESSION_REQUEST: Readonly<Record<string, RequestField>> = { secret: { kind: "string", required: true } };

/**
 * The page at `/`, and what it asks for that REST v2 has not. Its files are for everybody who can come to the port, data for those
 * who may have them by REST as well.
 */
export function studioRouter(options: StudioOptions): Router {
  const { engine, page, sessions, announced, authenticated, stats, behind } = options;
  const { writes = false, exchange } = page;
  const login: Login = exchange !== undefined ? "secret" : authenticated ? "password" : "none";
  const route = (run: (call: Call) => unknown, open = false): Route => ({
    surface,
    open,
    run: async (call) => ({ status: 200, envelope: { code: 0, data: await run(call) } }),
  });
  const routes = new Map<string, Route>([
    ...PAGE_PATHS.map((path) => [`GET ${path}`, fileRoute(path)] as const),
    [
      "GET /studio/about",
      route(
        async () => ({ announced, writes, login, ...(behind !== undefined && { server: await seenServer(behind) }) }),
        true,
      ),
    ],
    [
      "POST /studio/session",
      route((call) => {
        const { secret } = decodeShape(SESSION_REQUEST, requestValue(call.body), "StudioSession");
        const token = sessions.begin(secret as string);
        if (token === undefined) throw failure("NotAuthenticated");
        return { token };
      }, true),
    ],
    [
      "POST /studio/stats",
      route(async (call) => {
        if (stats === undefined) throw failure("Unsupported", { what: "what a server has in memory it does not tell" });
        return seenStats(engine, await stats(), executeOptions(call));
      }),
    ],
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

async function seenServer({ address, isElanus }: BehindPage): Promise<object> {
  return { address, isElanus: await isElanus() };
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
