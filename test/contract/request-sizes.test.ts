import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { decodeRequest } from "../../src/api/rest/v2/decode.js";
import type { RequestField } from "../../src/engine/contract/row.js";
import { contract, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { type LocalEngine, openImage, type StoreImage } from "../../src/engine/index.js";
import { MAX_REQUEST_ITEMS, MAX_REQUEST_TEXT } from "../../src/engine/model/limits.js";
import { type ElanusError, ErrorCatalogue, isElanusError } from "../../src/errors.js";
import { Elanus } from "../../src/index.js";
import { cpuTime } from "../support/cpu-time.js";
import { SOUND_REQUESTS, soundStore } from "./sound-requests.js";

// Every list, object and text that a request can hold, one at a time in a request that is sound but for it: far more items than anybody
// sends, the same one again and again, names that mean nothing, texts that are empty or without end.

type Shape = Readonly<Record<string, RequestField>>;
type Change = (held: unknown) => unknown;

const MANY = 2000;
const LONG = "x".repeat(2_000_000);
const TOO_MANY = Array.from({ length: MAX_REQUEST_ITEMS + 1 }, () => "x");
const EMPTY_OBJECTS = Array.from({ length: MAX_REQUEST_ITEMS + 1 }, () => ({}));
/** What one request may leave in the database, however large it was: parameters of one thing, and pages of their own. */
const MOST_KEPT = 1.5 * 1024 * 1024;

const many = (item: (i: number) => unknown) => Array.from({ length: MANY }, (_, i) => item(i));
const keysOf = (held: unknown) => Object.keys((held ?? {}) as object);
const firstOf = (held: unknown) => (Array.isArray(held) && held.length > 0 ? (held[0] as unknown) : "x");

/** A value of the same form with names that mean nothing. */
function renamed(value: unknown, i: number): unknown {
  if (typeof value === "string") return `made_up_${i}`;
  if (typeof value === "number") return i + 100;
  if (Array.isArray(value)) return value.map((item) => renamed(item, i));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, i)]));
}

const ON_TEXTS: Readonly<Record<string, Change>> = {
  "an empty text": () => "",
  blanks: () => " ".repeat(1000),
  "a long text": () => LONG,
};
const ON_LISTS: Readonly<Record<string, Change>> = {
  "no items": () => [],
  "one item again and again": (held) => many(() => firstOf(held)),
  "made-up items": (held) => many((i) => renamed(firstOf(held), i)),
  "made-up names": () => many((i) => `made_up_${i}`),
  "empty texts": () => many(() => ""),
  "empty objects": () => many(() => ({})),
  "a long text in it": () => [LONG],
};
const ON_OBJECTS: Readonly<Record<string, Change>> = {
  "made-up keys": (held) => ({ ...(held as object), ...Object.fromEntries(many((i) => [`made_up_${i}`, "1"]) as []) }),
  "made-up keys with what the first one holds": (held) => {
    const value = Object.values((held ?? {}) as object)[0] ?? {};
    return { ...(held as object), ...Object.fromEntries(many((i) => [`made_up_${i}`, value]) as []) };
  },
  "a long key": (held) => ({ ...(held as object), [LONG]: "1" }),
  "a long value": (held) => ({ ...(held as object), [keysOf(held)[0] ?? "made_up"]: LONG }),
  "a list as value": (held) => ({ ...(held as object), [keysOf(held)[0] ?? "made_up"]: many((i) => `made_up_${i}`) }),
};

function attacksOn({ kind, shape }: RequestField): Readonly<Record<string, Change>> {
  if (kind === "string") return ON_TEXTS;
  if (kind === "strings" || kind === "array" || kind === "rows") return ON_LISTS;
  if (kind === "object") return shape === undefined ? ON_OBJECTS : {};
  return kind === "any" ? { ...ON_TEXTS, ...ON_LISTS, ...ON_OBJECTS } : {};
}

/** Attacks that the size of a request is refused for, whatever it is about. */
function beyond({ kind, shape, long = false, many: unbounded = false }: RequestField): readonly Change[] {
  const texts: readonly Change[] =
    long || (kind !== "string" && kind !== "strings") ? [] : [() => (kind === "string" ? LONG : [LONG])];
  const lists: readonly Change[] =
    unbounded || (kind !== "strings" && (kind !== "array" || shape === undefined))
      ? []
      : [() => (kind === "strings" ? TOO_MANY : EMPTY_OBJECTS)];
  return [...texts, ...lists];
}

/** The request with something else at a place of it. */
function changed(request: unknown, [step, ...rest]: readonly string[], change: Change): unknown {
  if (step === undefined) return change(request);
  if (step === "[]") {
    const [first = {}, ...others] = (request ?? []) as readonly unknown[];
    return [changed(first, rest, change), ...others];
  }
  const held = (request ?? {}) as Record<string, unknown>;
  return { ...held, [step]: changed(held[step], rest, change) };
}

/** Every place of a shape, those inside of others too; levels of `subAggregation` are all alike. */
function* places(shape: Shape, above: readonly string[] = []): Generator<readonly [readonly string[], RequestField]> {
  for (const [key, field] of Object.entries(shape)) {
    if (field.kind === "columns") continue;
    const place = [...above, key];
    yield [place, field];
    const inner = key === "subAggregation" && above.includes(key) ? undefined : field.shape;
    if (inner !== undefined) yield* places(inner, field.kind === "array" ? [...place, "[]"] : place);
  }
}

const WALK = operationPaths.map((path) => [path, [...places(contract[path].request)]] as const);

/** Lists and objects of which many items that mean nothing are taken, and why that is right. */
const TAKEN: Readonly<Record<string, string>> = {
  data: "rows and query vectors",
  "search.[].data": "query vectors",
  id: "keys that no row has",
  text: "texts to be analyzed",
  analyzerNames: "of no effect without a collection",
  outputFields: "keys of the dynamic field",
  "search.[].outputFields": "without effect in Milvus",
  propertyKeys: "what is not there is dropped already",
  "params.max_length": "of no effect for keys that are numbers",
  "indexParams.[].params": "of no effect in quick setup",
  exprParams: "values that no name in the filter stands for",
  "search.[].exprParams": "values that no name in the filter stands for",
  searchParams: "parameters of index types that servers know",
  "search.[].params": "parameters of index types that servers know",
  "rerank.params": "parameters of other strategies",
  "functionScore.params": "parameters of other rankers",
  "functionScore.functions.[].params": "parameters of other rankers",
  "functionChains.[].ops.[].inputs": "of no effect where the arguments are named",
  "functionChains.[].ops.[].params": "parameters of other operators",
  "functionChains.[].ops.[].expr.params": "parameters of other functions",
  "highlighter.params": "of no effect without a type",
};
const NONSENSE = /^made-up/;

const codes = new Set(
  Object.values(ErrorCatalogue).flatMap(({ code, head = code }: { code: number; head?: number }) => [code, head]),
);
const bodyOf = (path: OperationPath, body: unknown) => decodeRequest(path, body) as never;

describe("a request that holds far more than anybody sends", () => {
  let image: StoreImage;
  let engine: LocalEngine;
  beforeAll(async () => {
    image = await soundStore();
    engine = openImage(image);
  });
  afterAll(() => engine.close());

  /** The error of a request; what it has changed is undone. */
  const outcome = async (path: OperationPath, body: unknown): Promise<ElanusError | undefined> => {
    try {
      await engine.execute(path, bodyOf(path, body));
    } catch (error) {
      if (!isElanusError(error)) throw error;
      return error;
    }
    if (!contract[path].writes) return undefined;
    const { database } = await engine.image();
    await engine.close();
    engine = openImage(image);
    if (!path.startsWith("entities/")) {
      expect(database.length - image.database.length, `what ${path} has left`).toBeLessThan(MOST_KEPT);
    }
    return undefined;
  };

  it.each(WALK)("is answered as documented, in little work, and leaves little: %s", async (path, fields) => {
    const before = cpuTime();
    let asked = 0;
    for (const sound of SOUND_REQUESTS[path]) {
      for (const [place, field] of fields) {
        for (const [name, change] of Object.entries(attacksOn(field))) {
          const where = `${path}: ${place.join(".")}: ${name}`;
          const error = await outcome(path, changed(sound, place, change));
          asked++;
          if (error === undefined) {
            if (NONSENSE.test(name)) expect(TAKEN, where).toHaveProperty([place.join(".")]);
            continue;
          }
          expect(codes, where).toContain(error.code);
          expect([5, 65535], `${where}: ${error.message}`).not.toContain(error.code);
          expect(error.message.length, where).toBeLessThan(10_000);
        }
      }
    }
    // The longest of them, one with two thousand query vectors, takes 60 ms.
    expect(cpuTime() - before).toBeLessThan(asked * 100 + 2000);
  });

  it.each(WALK)("is refused for its size where no user has so much: %s", async (path, fields) => {
    for (const [place, field] of fields) {
      for (const change of beyond(field)) {
        const [sound] = SOUND_REQUESTS[path];
        const error = await outcome(path, changed(sound, place, change));
        expect(error, `${path}: ${place.join(".")}`).toMatchObject({ code: 1100 });
        expect(error?.message).toMatch(
          /^the (length of|number of items up to) .* should be limited to 65536, but got \d+/,
        );
      }
    }
  });
});

/** A database that is closed behind the test. */
async function opened(): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  onTestFinished(() => db.close());
  return db;
}

it("counts what a request holds together: lists of lists are no way around the bound", async () => {
  const db = await opened();
  const fields = Array.from({ length: 300 }, (_, i) => ({
    fieldName: `f${i}`,
    dataType: "Array",
    elementDataType: "Int64",
  }));
  const structFields = Array.from({ length: 300 }, (_, i) => ({ fieldName: `s${i}`, fields }));
  await expect(db.collections.create({ collectionName: "c", schema: { structFields } })).rejects.toMatchObject({
    code: 1100,
    message:
      "the number of items up to schema.structFields[217].fields should be limited to 65536, but got 65700: invalid parameter",
  });
});

describe("what is kept of a thing", () => {
  const properties = (count: number, text = "1") =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key_${i}`, text]));
  const c = { collectionName: "c" };
  const tooMany = (count: number) => ({
    code: 1100,
    message: `the number of parameters should be limited to 1024, but got ${count}: invalid parameter`,
  });

  it("is bounded, also where it comes little by little", async () => {
    const db = await opened();
    await db.collections.create({ ...c, dimension: 2, properties: properties(1000) });
    await db.databases.create({ dbName: "d", properties: properties(1024) });
    const more = { one: "1", two: "2" };
    for (let i = 0; i < 11; i++)
      await db.collections.alterProperties({ ...c, properties: { [`more_${i}`]: "1", ...more } });
    const { properties: kept } = await db.collections.describe(c);
    const beyondAll = properties(1100);
    await expect(db.collections.alterProperties({ ...c, properties: beyondAll })).rejects.toMatchObject(tooMany(1100));
    const rest = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`rest_${i}`, "1"]));
    await expect(db.collections.alterProperties({ ...c, properties: rest })).rejects.toMatchObject(
      tooMany(kept.length + 30),
    );
    await expect(db.databases.alterProperties({ dbName: "d", properties: { one: "1" } })).rejects.toMatchObject(
      tooMany(1025),
    );
    // What is there already may have another value.
    await db.databases.alterProperties({ dbName: "d", properties: { key_0: "2" } });
    expect((await db.collections.describe(c)).properties).toEqual(kept);
  });

  it("is bounded in bytes", async () => {
    const db = await opened();
    await db.collections.create({ ...c, dimension: 2 });
    const half = "é".repeat(300_000);
    await db.collections.alterProperties({ ...c, properties: { first: half } });
    await expect(db.collections.alterProperties({ ...c, properties: { second: half } })).rejects.toMatchObject({
      code: 1100,
      message: expect.stringMatching(/^the size of parameters should be limited to 1048576, but got 12000\d\d/),
    });
  });
});

describe("what users name", () => {
  const c = { collectionName: "c" };
  const refusal = (what: string) => ({
    code: 1100,
    message: `the number of ${what} should be limited to 1024: invalid parameter`,
  });
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, dimension: 2 });
    await db.collections.create({ collectionName: "d", dimension: 2 });
  });
  afterAll(() => db.close());

  it("is bounded: aliases of a collection", async () => {
    const alias = (i: number) => ({ ...c, aliasName: `a${i}` });
    for (let i = 0; i < 1024; i++) await db.aliases.create(alias(i));
    await expect(db.aliases.create(alias(1024))).rejects.toMatchObject(refusal("aliases of collection c"));
    await db.aliases.create(alias(7));
    await db.aliases.create({ collectionName: "d", aliasName: "other" });
    await expect(db.aliases.alter({ ...c, aliasName: "other" })).rejects.toMatchObject(
      refusal("aliases of collection c"),
    );
    await db.aliases.alter(alias(7));
    await db.aliases.drop({ aliasName: "a0" });
    await db.aliases.alter({ ...c, aliasName: "other" });
  });

  it("is bounded: indexes of a collection, which are planned in little work", async () => {
    const index = (i: number) => ({
      fieldName: `key_${i}`,
      indexName: `i${i}`,
      params: { index_type: "INVERTED", json_cast_type: "DOUBLE" },
    });
    const indexParams = Array.from({ length: 1024 }, (_, i) => index(i));
    const create = db.indexes.create({ collectionName: "d", indexParams });
    await expect(create).rejects.toMatchObject(refusal("indexes of collection d"));
    expect(await db.indexes.list({ collectionName: "d" })).toEqual(["vector"]);
    const same = Array.from({ length: 60_000 }, (_, i) => index(i % 500));
    await db.indexes.create({ collectionName: "d", indexParams: same });
    expect(await db.indexes.list({ collectionName: "d" })).toHaveLength(501);
  });

  it("is bounded: pins and snapshots", async () => {
    const snapshot = { collectionName: "d", snapshotName: "s" };
    await db.snapshots.create(snapshot);
    const pins = [];
    for (let i = 0; i < 1024; i++) pins.push(await db.snapshots.pin(snapshot));
    await expect(db.snapshots.pin(snapshot)).rejects.toMatchObject(refusal("pins of snapshot s"));
    await db.snapshots.unpin({ pinId: pins[0]?.pinId as number });
    await db.snapshots.pin(snapshot);
  });
});

describe("a message", () => {
  it("shows the beginning and the end of what was sent", async () => {
    const db = await opened();
    const name = `a${"😀".repeat(20_000)}z`;
    expect(name.length).toBeLessThan(MAX_REQUEST_TEXT);
    const { message } = (await db.collections
      .has({ collectionName: name })
      .catch((error: Error) => error as ElanusError)) as Error;
    expect(message).toMatch(/^Invalid collection name: a😀/u);
    expect(message).toMatch(
      /\(\d+ characters more\) .*😀z\. the length of a collection name must be less than 255 characters/u,
    );
    expect(message.length).toBeLessThan(8000);
    expect(message.isWellFormed()).toBe(true);
  });
});
