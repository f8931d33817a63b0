import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";

/** The programs of the README, run one after the other as they stand there, on stores in memory. */

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const blocks = [...readme.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);

/** The only block with these words. */
function block(words: string): string {
  const found = blocks.filter((code) => code.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0] as string;
}

type Program = (...args: readonly unknown[]) => Promise<unknown>;
const AsyncFunction = (async () => {}).constructor as new (...text: readonly string[]) => Program;

/** Runs a program. @returns what it printed */
async function run(code: string, given: Readonly<Record<string, unknown>>): Promise<unknown[]> {
  const printed: unknown[] = [];
  const scope = { Elanus, isElanusError, console: { log: (value: unknown) => printed.push(value) }, ...given };
  const text = code.replace(/^import .*$/gm, "").replaceAll('"app.db"', '":memory:"');
  await new AsyncFunction(...Object.keys(scope), text)(...Object.values(scope));
  return printed;
}

it("the first program prints what stands behind it", async () => {
  const code = block("Moby-Dick");
  const [hits] = await run(code, {});
  expect(code).toContain("[ { id: 1, distance: 0.9939991, title: 'Moby-Dick' }, topks: [ 1 ] ]");
  expect(hits).toEqual(Object.assign([{ id: 1, distance: 0.9939991, title: "Moby-Dick" }], { topks: [1] }));
});

it("a collection that was released is loaded where a search says so", async () => {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ collectionName: "book", dimension: 4 });
  await db.collections.release({ collectionName: "book" });
  await run(block("CollectionNotLoaded"), { db });
  expect(await db.collections.getLoadState({ collectionName: "book" })).toMatchObject({ loadState: "LoadStateLoaded" });
  await db.close();
});

it("the schema is made, the filters find, and the iterators end", async () => {
  const db = await Elanus.open(":memory:");
  await run(block('collectionName: "film",\n  schema'), { db });
  const row = (id: number, title: string, year: number | null, tags: string[], studio: string) => ({
    id,
    title,
    year,
    tags,
    vector: [1, id - 1],
    studio: { name: studio },
  });
  const data = [
    row(1, "Metropolis", 1927, ["silent"], "UFA"),
    row(2, "M", 1931, ["sound"], "Nero"),
    row(3, "Faust", null, ["silent"], "UFA"),
  ];
  await db.entities.insert({ collectionName: "film", data });
  const [, filters = ""] = /```text\n(year in[\s\S]*?)```/.exec(readme) ?? [];
  const found = await Promise.all(
    filters
      .trim()
      .split("\n")
      .map(async (filter) =>
        (await db.entities.query({ collectionName: "film", filter, limit: 9 })).map(({ id }) => id),
      ),
  );
  expect(found).toEqual([[1], [1, 3], [1, 3]]);
  await run(block("exprParams"), { db });
  expect(await run(block("queryIterator"), { db })).toEqual([2]);
  await db.close();
});

it("models are asked for vectors and for an order", async () => {
  const asked: unknown[] = [];
  const model = {
    encode: (texts: readonly string[]) => {
      asked.push(...texts);
      return texts.map(() => Array.from({ length: 384 }, (_, i) => i + 1));
    },
    score: (query: string, text: string) => {
      asked.push(`${query}: ${text}`);
      return 1;
    },
  };
  await run(`${block("model.encode")}; await db.close();`, { model });
  expect(asked).toEqual(["one writer, many readers", "locks", "locks: one writer, many readers"]);
});

it("who may read sees what he may, and drops nothing", async () => {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ collectionName: "book", dimension: 4 });
  await db.collections.create({ collectionName: "other", dimension: 4 });
  await expect(run(block("CollectionReadOnly"), { db })).rejects.toMatchObject({ kind: "PermissionDenied" });
  await db.close();
});
