import type { CollectionDescription } from "../engine/contract/collections.js";
import type { Reply } from "../engine/contract/reply.js";
import { contract, isOperation } from "../engine/contract/table.js";
import type { Engine, ExecuteOptions } from "../engine/index.js";

const WRITES = /^entities\/(?:insert|upsert|delete)$/;
const READS = /^entities\/(?:get|query|search|hybrid_search|advanced_search)$/;

/** An engine that can be copied as it stands. */
interface Copied {
  readonly engine: Engine;
  copy(): Promise<Engine>;
}

/**
 * A server shows what was written some time later, unless a read asks for more. Here that time does not come by itself: reads
 * of `Bounded` and `Eventually` see a collection as it was before the first write since the last flush, or the last strong read.
 */
export class LateVisibility {
  /** Collections with writes that such reads do not see, and the store before those. */
  readonly #before = new Map<string, Promise<Engine>>();

  async execute(
    { engine, copy }: Copied,
    path: string,
    request: object,
    options: ExecuteOptions | undefined,
  ): Promise<Reply<unknown>> {
    const run = () => engine.execute(path, request, options);
    if (!isOperation(path)) return run();
    if (path === "collections/flush_all") this.clear();
    const { collectionName } = request as { readonly collectionName?: string };
    const changes = contract[path].writes && !WRITES.test(path);
    if (collectionName === undefined || !(WRITES.test(path) || READS.test(path) || changes)) return run();
    const described = await describe(engine, request, options);
    if (described === undefined) return run();
    const key = JSON.stringify([described.database, described.collectionName]);
    if (WRITES.test(path)) {
      if (!this.#before.has(key)) this.#before.set(key, copy());
      await this.#before.get(key);
      return run();
    }
    const { consistencyLevel = "" } = request as { readonly consistencyLevel?: string };
    const level = consistencyLevel === "" ? described.consistencyLevel : consistencyLevel;
    if (changes || level === "Strong") this.#shown(key);
    if (level !== "Bounded" && level !== "Eventually") return run();
    const before = await this.#before.get(key);
    return before === undefined ? run() : before.execute(path, request, options);
  }

  #shown(key: string): void {
    const before = this.#before.get(key);
    this.#before.delete(key);
    before?.then((engine) => engine.close()).catch(() => {});
  }

  /** Everything is seen. */
  clear(): void {
    for (const key of [...this.#before.keys()]) this.#shown(key);
  }
}

async function describe(
  engine: Engine,
  request: object,
  options: ExecuteOptions | undefined,
): Promise<(CollectionDescription & { readonly database: string }) | undefined> {
  const { dbName, collectionName } = request as { readonly dbName?: string; readonly collectionName: string };
  const database = options?.database;
  try {
    const asked = { collectionName, ...(dbName !== undefined && { dbName }) };
    const { data } = await engine.execute("collections/describe", asked, database === undefined ? {} : { database });
    return { ...(data as CollectionDescription), database: dbName || database || "default" };
  } catch {
    // The call itself will say what is wrong.
    return undefined;
  }
}
