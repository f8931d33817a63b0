import diagnostics from "node:diagnostics_channel";
import type { Api } from "./api/index.js";
import { asElanusError } from "./api/rest/envelope.js";
import { operationOf } from "./api/rest/v2/routes.js";
import type { Reply } from "./engine/contract/reply.js";
import { DEFAULT_DATABASE } from "./engine/contract/request.js";
import type { Engine } from "./engine/index.js";

/**
 * What is said of an operation, under the names that OpenTelemetry has for databases: a span takes them as they are. Nothing of
 * its values, which may be secrets.
 */
export interface OperationAttributes {
  /** `elanus`; `milvus` for a handle on a server. */
  readonly "db.system.name": "elanus" | "milvus";
  /** As its REST path: `entities/search`. */
  readonly "db.operation.name": string;
  /** The database. */
  readonly "db.namespace": string;
  readonly "db.collection.name"?: string;
  /** Rows that are written, where it is more than one; query vectors of a search. */
  readonly "db.operation.batch.size"?: number;
  /** Host of a server. */
  readonly "server.address"?: string;
  readonly "server.port"?: number;
  /** Rows or hits of the answer; there when it has ended. */
  "db.response.returned_rows"?: number;
  /** Milvus' number of the error. */
  "db.response.status_code"?: string;
  /** The kind of the error. */
  "error.type"?: string;
}

/** What the channel `elanus:operation` carries, from `start` to `asyncEnd`; `error` is there where it has failed. */
export interface OperationMessage {
  readonly attributes: OperationAttributes;
  error?: unknown;
}

/** Where the operations of a handle run. */
type Place = Pick<OperationAttributes, "db.system.name" | "server.address" | "server.port">;

const channel = diagnostics.tracingChannel<OperationMessage>("elanus:operation");

/** An engine whose operations are told of on the channel; as fast as before while nobody listens. */
export function traced(engine: Engine, place: Place): Engine {
  return {
    execute(path, request, options) {
      if (!channel.hasSubscribers) return engine.execute(path, request, options);
      return told(attributesOf(place, path, request, options?.database), rowsOf, () =>
        engine.execute(path, request, options),
      );
    },
    transfer(kind, request, watch) {
      if (!channel.hasSubscribers) return engine.transfer(kind, request, watch);
      return told(
        attributesOf(place, kind, request),
        () => undefined,
        () => engine.transfer(kind, request, watch),
      );
    },
    permit: (path, names, asker) => engine.permit(path, names, asker),
    authenticate: (credential) => engine.authenticate(credential),
    requireOpen: () => engine.requireOpen(),
    preload: (wanted) => engine.preload(wanted),
    check: () => engine.check(),
    stats: () => engine.stats(),
    onProgress: (listener) => engine.onProgress(listener),
    close: () => engine.close(),
  };
}

/** The same for requests that a server answers by itself. */
export function tracedRequests(request: Api["request"], place: Place): Api["request"] {
  return (path, body, options, caller) => {
    const operation = channel.hasSubscribers ? operationOf(path) : undefined;
    if (operation === undefined) return request(path, body, options, caller);
    return told(
      attributesOf(place, operation, Object(body)),
      ({ data }) => (Array.isArray(data) ? data.length : undefined),
      () => request(path, body, options, caller),
    );
  };
}

async function told<T>(
  attributes: OperationAttributes,
  rows: (answer: T) => number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  return channel.tracePromise(
    async () => {
      try {
        const answer = await work();
        const count = rows(answer);
        if (count !== undefined) attributes["db.response.returned_rows"] = count;
        return answer;
      } catch (error) {
        const { kind, code } = asElanusError(error);
        attributes["error.type"] = kind;
        attributes["db.response.status_code"] = String(code);
        throw error;
      }
    },
    { attributes },
  );
}

function attributesOf(place: Place, operation: string, request: object, database?: string): OperationAttributes {
  const { dbName, collectionName, data } = request as Readonly<Record<string, unknown>>;
  const count = Array.isArray(data) && data.length > 1 ? data.length : undefined;
  return {
    ...place,
    "db.operation.name": operation,
    "db.namespace": typeof dbName === "string" && dbName !== "" ? dbName : (database ?? DEFAULT_DATABASE),
    ...(typeof collectionName === "string" && { "db.collection.name": collectionName }),
    ...(count !== undefined && { "db.operation.batch.size": count }),
  };
}

function rowsOf({ data }: Reply<unknown>): number | undefined {
  const { rowCount, ids } = Object(data) as { readonly rowCount?: unknown; readonly ids?: unknown };
  if (Array.isArray(ids)) return ids.length;
  return typeof rowCount === "number" && "columns" in Object(data) ? rowCount : undefined;
}
