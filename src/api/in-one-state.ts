import { contract, isOperation } from "../engine/contract/table.js";
import { isElanusError } from "../errors.js";
import type { Soon } from "../values/soon-or-later.js";
import type { EnginePort, PortOptions, Reply } from "./engine-port.js";

/** A collection that changes more often while one request is under way is not waited for. */
const ATTEMPTS = 20;

/**
 * Answers a request that may take several calls of the engine. Those on a collection see one state of it, up to the first
 * that writes: where it has changed between them the request begins anew.
 */
export function inOneState<T>(engine: EnginePort, answer: (port: EnginePort) => Soon<T>): Soon<T> {
  const attempt = (count: number): Soon<T> => {
    const port = new SteadyPort(engine);
    const answered = answer(port);
    if (!(answered instanceof Promise)) return answered;
    return answered.catch((error: unknown) => {
      if (!port.disturbed || count === ATTEMPTS) throw error;
      return attempt(count + 1);
    });
  };
  return attempt(1);
}

class SteadyPort implements EnginePort {
  readonly #engine: EnginePort;
  /** What the first call on each collection saw. */
  readonly #seen = new Map<string, number>();
  /** A call was refused because its collection is no more what an earlier one saw. */
  disturbed = false;

  constructor(engine: EnginePort) {
    this.#engine = engine;
  }

  requireOpen(): void {
    this.#engine.requireOpen();
  }

  permit(...asked: Parameters<EnginePort["permit"]>): Promise<void> {
    return this.#engine.permit(...asked);
  }

  execute(path: string, request: object, options?: PortOptions): Promise<Reply<unknown>> {
    const { dbName, collectionName } = request as { readonly dbName?: string; readonly collectionName?: string };
    if (collectionName === undefined) return this.#engine.execute(path, request, options);
    const database = String(dbName || options?.database);
    const key = `${database.length} ${database} ${collectionName}`;
    const revision = this.#seen.get(key) ?? 0;
    return this.#engine.execute(path, request, { ...options, revision }).then(
      (reply) => {
        if (isOperation(path) && contract[path].writes) this.#seen.clear();
        else if (revision === 0 && reply.revision !== undefined) this.#seen.set(key, reply.revision);
        return reply;
      },
      (error: unknown) => {
        this.disturbed ||= revision !== 0 && isElanusError(error, "SchemaMismatch");
        throw error;
      },
    );
  }
}
