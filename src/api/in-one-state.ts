import { contract, isOperation } from "../engine/contract/table.js";
import { isElanusError } from "../errors.js";
import type { EnginePort, PortOptions, Reply } from "./engine-port.js";

/** A collection that changes more often while one request is under way is not waited for. */
const ATTEMPTS = 20;

/**
 * Answers a request that may take several calls of the engine. Those on a collection see one state of it, up to the first
 * that writes: where it has changed between them the request begins anew.
 */
export async function inOneState<T>(engine: EnginePort, answer: (port: EnginePort) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = new SteadyPort(engine);
    try {
      return await answer(port);
    } catch (error) {
      if (!port.disturbed || attempt === ATTEMPTS) throw error;
    }
  }
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

  async execute(path: string, request: object, options?: PortOptions): Promise<Reply<unknown>> {
    const { dbName, collectionName } = request as { readonly dbName?: string; readonly collectionName?: string };
    if (collectionName === undefined) return this.#engine.execute(path, request, options);
    const key = JSON.stringify([dbName || options?.database, collectionName]);
    const revision = this.#seen.get(key) ?? 0;
    const writes = isOperation(path) && contract[path].writes;
    try {
      const reply = await this.#engine.execute(path, request, { ...options, revision });
      if (writes) this.#seen.clear();
      else if (revision === 0 && reply.revision !== undefined) this.#seen.set(key, reply.revision);
      return reply;
    } catch (error) {
      this.disturbed ||= revision !== 0 && isElanusError(error, "SchemaMismatch");
      throw error;
    }
  }
}
