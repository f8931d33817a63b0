import { onTestFinished } from "vitest";
import type { Engine, EngineOptions } from "../../src/engine/index.js";
import type { ShareOptions } from "../../src/shared/share-options.js";
import { openSharedEngine } from "../../src/shared/shared-engine.js";

/** Opens a file as one process more would: without what a process shares with itself. */
export async function openAsAnother(path: string, options: EngineOptions = {}, share?: ShareOptions): Promise<Engine> {
  const { engine } = await openSharedEngine(path, options, share);
  onTestFinished(() => engine.close());
  return engine;
}

export const BOOK = { collectionName: "book" };

/** Makes a loaded collection of two numbers per vector. */
export async function createBooks(engine: Engine, more: object = {}): Promise<void> {
  await engine.execute("collections/create", { ...BOOK, dimension: 2, metricType: "L2", ...more });
}

export async function insert(engine: Engine, ...ids: readonly number[]): Promise<unknown> {
  const data = ids.map((id) => ({ id, vector: [id, 1] }));
  return (await engine.execute("entities/insert", { ...BOOK, data })).data;
}

/** How many rows there are. */
export async function countOf(engine: Engine): Promise<number> {
  const { data } = await engine.execute("entities/query", { ...BOOK, filter: "", outputFields: ["count(*)"] });
  const [column] = (data as { columns: readonly { values: readonly number[] }[] }).columns;
  return Number(column?.values[0]);
}
