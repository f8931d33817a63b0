import type { Engine } from "../../engine/index.js";
import type { EnginePort } from "../engine-port.js";
import { header } from "../http/message.js";
import { failureOutcome } from "../rest/envelope.js";
import { v2Surface } from "../rest/v2/routes.js";
import { documentRouter, type Envelope, type Outcome, type Route, type Router, type Surface } from "../surface.js";
import { gauges } from "./gauges.js";

export interface OperationalOptions {
  readonly engine: EnginePort;
  /** What is announced to clients. */
  readonly version: string;
  /** Absent: only requests are counted. */
  readonly stats?: Engine["stats"];
  /** Requests that were answered so far. */
  readonly requests: () => number;
}

const TEXT_HEADERS = { "content-type": "text/plain; charset=utf-8" };
const surface: Surface = { failure: failureOutcome, refusal: v2Surface.refusal };

/**
 * What probes, scrapers and tools read: `/healthz`, `/livez`, the Prometheus page, of whom nobody is asked who he is, and the
 * description of REST v2.
 */
export function operationalRouter({ engine, version, stats, requests }: OperationalOptions): Router {
  const open = (run: Route["run"]): Route => ({ surface, open: true, run });
  const routes = new Map<string, Route>([
    [
      "GET /healthz",
      open(async ({ headers }) => health(isOpen(engine), header(headers, "content-type") === "application/json")),
    ],
    ["GET /livez", open(async () => text(200, "OK"))],
    ["GET /metrics", open(async () => text(200, gauges(isOpen(engine) ? await stats?.() : undefined, requests())))],
    [
      "GET /openapi.json",
      {
        surface,
        run: async () => {
          // Few ever ask for it.
          const { openApiDocument } = await import("../openapi/document.js");
          return { status: 200, envelope: openApiDocument(version) as Envelope };
        },
      },
    ],
  ]);
  return documentRouter(routes);
}

function isOpen(engine: EnginePort): boolean {
  try {
    engine.requireOpen();
    return true;
  } catch {
    return false;
  }
}

/** One component, which is this process; `state_code` of Milvus: 1 is healthy, 2 is not. */
function health(healthy: boolean, asJson: boolean): Outcome {
  const status = healthy ? 200 : 500;
  const said = healthy ? "OK" : "Not all components are healthy, 0/1";
  if (!asJson) return text(status, said);
  return { status, envelope: { state: said, detail: [{ name: "proxy", code: healthy ? 1 : 2 }] } };
}

function text(status: number, said: string): Outcome {
  return { status, envelope: { status: said }, document: { headers: TEXT_HEADERS, body: said } };
}
