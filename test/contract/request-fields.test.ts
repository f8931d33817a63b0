import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withoutEffectPage, withoutEffectPath } from "../../scripts/docs/without-effect.mjs";
import { FOREIGN_FIELDS, FUTURE_FIELDS, MISPLACED_FIELDS } from "../../src/engine/contract/future-fields.js";
import { isRefused } from "../../src/engine/contract/refused.js";
import type { RequestField } from "../../src/engine/contract/row.js";
import { contract, type OperationPath } from "../../src/engine/contract/table.js";
import { PARAMETERS_WITHOUT_EFFECT, WITHOUT_EFFECT } from "../../src/engine/contract/without-effect.js";
import { REFUSED_COLLECTION_PROPERTIES } from "../../src/engine/model/validate-properties.js";
import { Elanus } from "../../src/index.js";
import { REST_BODIES } from "./rest-bodies.js";

type Fields = Readonly<Record<string, RequestField>>;

/** Does the row of an operation read a key of a body? What an open object holds is walked by its own tables. */
function reads(fields: Fields, path: string): boolean {
  const [step = "", ...rest] = path.split(".");
  const name = step.replace("[]", "");
  const field = fields[name] as (RequestField & { readonly shape?: Fields }) | undefined;
  if (field === undefined) return false;
  return rest.length === 0 || field.shape === undefined || reads(field.shape, rest.join("."));
}

const walk = Object.entries(REST_BODIES).flatMap(([path, keys]) => keys.map((key) => [path, key] as const));

/** What servers have in gRPC only: their requests are walked there. */
const RPC_ONLY = [
  "collections/get_loading_progress",
  "collections/flush_all",
  "collections/get_flush_state",
  "resource_groups/transfer_node",
  "segments/list",
  "collections/get_replicas",
  "collections/load_balance",
  "users/select",
  "roles/select",
  "rbac/backup",
  "rbac/restore",
];

function classesOf(path: string, key: string): string[] {
  const operation = path as OperationPath;
  const refused = (FUTURE_FIELDS[operation] ?? []).some((field) => key === field || key.startsWith(`${field}.`));
  const misplaced = MISPLACED_FIELDS[operation]?.[key] !== undefined;
  const harmless = WITHOUT_EFFECT[operation]?.[key] !== undefined;
  const read = reads(contract[operation].request as Fields, key);
  return [
    ...(refused || misplaced ? ["refused"] : []),
    ...(harmless ? ["without effect"] : []),
    ...(read && !harmless && !refused ? ["executed"] : []),
  ];
}

describe("every key of a REST body that Milvus knows", () => {
  it.each(walk)("of %s has its class: %s", (path, key) => {
    if (isRefused(path)) return;
    expect(classesOf(path, key)).toHaveLength(1);
  });

  it("is walked for every operation that servers have over REST", () => {
    expect(Object.keys(contract).filter((path) => REST_BODIES[path] === undefined)).toEqual(RPC_ONLY);
  });

  it("is in the list of bodies when a table of the contract names it", () => {
    for (const [path, reasons] of Object.entries(WITHOUT_EFFECT)) {
      for (const key of Object.keys(reasons)) {
        const own = ["collections/load", "collections/refresh_load"].includes(path) || key === "compactionID";
        if (!own) expect(REST_BODIES[path], `${path} ${key}`).toContain(key);
      }
    }
  });
});

const c = { collectionName: "c" };
const vector = [1, 2];
const schema = {
  fields: [
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    { fieldName: "id", dataType: "Int64", isPrimary: true },
  ],
};

const hybrid = {
  ...c,
  search: [{ data: [vector], annsField: "vector", limit: 3 }],
  rerank: { strategy: "rrf", params: {} },
  limit: 3,
};

/** A request of each operation that has fields without effect, and a value for them. */
const REQUESTS: Readonly<Record<string, object>> = {
  "collections/create": { collectionName: "new", schema },
  "collections/load": c,
  "collections/refresh_load": c,
  "collections/compact": c,
  "collections/get_compaction_state": {},
  "entities/search": { ...c, data: [vector] },
  "entities/query": { ...c, filter: "id > 0" },
  "entities/get": { ...c, id: [1] },
  "entities/hybrid_search": hybrid,
  "entities/advanced_search": hybrid,
};
const VALUES: Readonly<Record<string, unknown>> = {
  consistencyLevel: "Strong",
  "params.consistencyLevel": "Strong",
  "params.shardsNum": 3,
  "schema.fields[].isClusteringKey": true,
  replicaNumber: 1,
  isClustering: true,
  jobID: 7,
  compactionID: 7,
  params: { nprobe: 3 },
  "search[].offset": 1,
  "search[].groupingField": "color",
  "search[].metricType": "COSINE",
  "search[].ignoreGrowing": true,
  "search[].outputFields": ["*"],
};

/** The request with a value at a path; in lists at their last element. */
function withValue(request: unknown, path: string, value: unknown): unknown {
  if (path === "") return value;
  const [step = "", ...rest] = path.split(".");
  const name = step.replace("[]", "");
  const held = (request as Record<string, unknown>)[name];
  if (!step.endsWith("[]")) {
    return { ...(request as object), [name]: withValue(held ?? {}, rest.join("."), value) };
  }
  const list = held as unknown[];
  return { ...(request as object), [name]: list.with(-1, withValue(list.at(-1), rest.join("."), value)) };
}

/** Names that stand somewhere outside of the contract: what is only decoded does nothing. */
const used = new Set(
  readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/engine.contract|grpc.messages/.test(file))
    .flatMap((file) => readFileSync(join("src", file), "utf8").match(/\w+/g) ?? []),
);

describe("what is executed", () => {
  it.each(walk.filter(([path, key]) => !isRefused(path) && classesOf(path, key)[0] === "executed"))(
    "is read by the engine, not only decoded: %s %s",
    (_path, key) => {
      expect(used).toContain(key.slice(key.lastIndexOf(".") + 1));
    },
  );
});

describe("what only other operations execute", () => {
  const foreign = Object.entries(FOREIGN_FIELDS).map(([path, keys]) => [path, keys] as const);
  const values = [["price"], true, { tags: "array_append" }, 2, "x"];

  it.each(foreign)("is refused by its name in %s, and is nothing where it is empty", async (path, keys) => {
    const db = await Elanus.open(":memory:");
    for (const [i, key] of keys.entries()) {
      const request = (value: unknown) => withValue({ ...REQUESTS[path], search: [{}] }, key, value);
      const refusal = { code: 3000, message: `unsupported operation: ${key} is not supported in ${path}` };
      expect(await db.request(`/v2/vectordb/${path}`, request(values[i % values.length]) as object)).toEqual(refusal);
      for (const empty of [null, "", false, [], {}]) {
        expect(await db.request(`/v2/vectordb/${path}`, request(empty) as object)).not.toMatchObject(refusal);
      }
    }
    await db.close();
  });

  it("is refused in typed calls too, and changes no row", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, dimension: 2 });
    await db.entities.insert({ ...c, data: [{ id: 1, vector }] });
    const slip = { ...c, filter: "id > 0", ids: [7] } as never;
    await expect(db.entities.delete(slip)).rejects.toMatchObject({ code: 3000 });
    await expect(db.entities.query(slip)).rejects.toMatchObject({ code: 3000 });
    const twice = { ...c, data: [{ id: 1, vector }], partialUpdate: true } as never;
    await expect(db.entities.insert(twice)).rejects.toMatchObject({ code: 3000 });
    expect(await db.entities.query({ ...c, filter: "" })).toHaveLength(1);
    await db.close();
  });
});

describe("what has no effect", () => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, dimension: 2 });
    await db.entities.insert({ ...c, data: [1, 2, 3].map((id) => ({ id, vector: [id, 1] })) });
  });
  afterAll(() => db.close());
  const answer = async (path: string, request: unknown): Promise<unknown> => {
    const { data, ...rest } = (await db.request(`/v2/vectordb/${path}`, request as object)) as { data?: unknown };
    if (path === "collections/create") await db.collections.drop({ collectionName: "new" });
    // Compactions are numbered, and their state says which one it is about.
    const { compactionID: _, ...shown } = (data ?? {}) as { compactionID?: unknown };
    return { ...rest, data: Array.isArray(data) ? data : shown };
  };

  const harmless = Object.entries(WITHOUT_EFFECT).flatMap(([path, reasons]) =>
    Object.keys(reasons).map((key) => [path, key] as const),
  );
  it.each(harmless)("leaves the answer of %s as it is: %s", async (path, key) => {
    const request = REQUESTS[path] as object;
    const plain = await answer(path, request);
    expect(plain).toMatchObject({ code: 0 });
    expect(VALUES).toHaveProperty([key]);
    expect(await answer(path, withValue(request, key, VALUES[key]))).toEqual(plain);
  });

  it.each(Object.keys(PARAMETERS_WITHOUT_EFFECT.search))("leaves a search as it is: searchParams.%s", async (key) => {
    const search = (searchParams: object) => answer("entities/search", { ...c, data: [vector], searchParams });
    const plain = await search({});
    for (const value of ["5", true]) {
      expect(await search({ [key]: value })).toEqual(plain);
      expect(await search({ params: { [key]: value } })).toEqual(plain);
    }
  });

  it.each(Object.keys(PARAMETERS_WITHOUT_EFFECT.collection))("is kept, and changes no answer: %s", async (key) => {
    const value = key.startsWith("warmup") ? "disable" : key === "partitionkey.isolation" ? "false" : "1";
    const request = { collectionName: "p", dimension: 2, properties: { [key]: /enabled$/.test(key) ? "true" : value } };
    expect(await db.request("/v2/vectordb/collections/create", request)).toMatchObject({ code: 0 });
    await db.entities.insert({ collectionName: "p", data: [{ id: 1, vector }] });
    expect(await db.entities.query({ collectionName: "p", filter: "" })).toMatchObject([{ id: 1 }]);
    const { properties } = await db.collections.describe({ collectionName: "p" });
    expect(properties.map((each) => each.key)).toContain(key);
    await db.collections.drop({ collectionName: "p" });
  });
});

describe("a property that a server acts upon", () => {
  const refusal = (key: string) => ({
    code: 3000,
    message: `unsupported operation: ${key} is not supported by the embedded engine`,
  });

  it("is refused by its name, and nothing is made or changed", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, dimension: 2 });
    for (const key of REFUSED_COLLECTION_PROPERTIES) {
      const properties = { [key]: "1" };
      const create = { collectionName: "new", dimension: 2, properties };
      expect(await db.request("/v2/vectordb/collections/create", create)).toEqual(refusal(key));
      expect(await db.request("/v2/vectordb/collections/alter_properties", { ...c, properties })).toEqual(refusal(key));
    }
    expect(await db.collections.list()).toEqual(["c"]);
    expect(await db.databases.list()).toEqual(["default"]);
    await db.close();
  });

  it("of a database forbids writing, or reading, or definitions, or more collections", async () => {
    const db = await Elanus.open(":memory:");
    const denied = { code: 9, message: "quota exceeded[reason=access has been disabled by the administrator]" };
    await db.databases.create({ dbName: "d", properties: { "database.max.collections": 1 } });
    const d = { dbName: "d", ...c };
    await db.collections.create({ ...d, dimension: 2 });
    await expect(db.collections.create({ dbName: "d", collectionName: "e", dimension: 2 })).rejects.toMatchObject({
      code: 102,
      message: "exceeded the limit number of collections[dbName=d][limit=1]",
    });
    const row = { id: 1, vector };
    const set = (properties: Record<string, boolean>) => db.databases.alterProperties({ dbName: "d", properties });
    await set({ "database.force.deny.writing": true });
    await expect(db.entities.insert({ ...d, data: [row] })).rejects.toMatchObject(denied);
    await expect(db.entities.upsert({ ...d, data: [row] })).rejects.toMatchObject(denied);
    await expect(db.entities.delete({ ...d, id: 1 })).rejects.toMatchObject(denied);
    expect(await db.entities.query({ ...d, filter: "" })).toEqual([]);
    await set({ "database.force.deny.writing": false, "database.force.deny.reading": true });
    await db.entities.insert({ ...d, data: [row] });
    await expect(db.entities.query({ ...d, filter: "" })).rejects.toMatchObject(denied);
    await expect(db.entities.search({ ...d, data: [vector] })).rejects.toMatchObject(denied);
    await db.databases.dropProperties({ dbName: "d", propertyKeys: ["database.force.deny.reading"] });
    expect(await db.entities.query({ ...d, filter: "" })).toMatchObject([{ id: 1 }]);
    const partition = { ...d, partitionName: "p" };
    const definitions: readonly [property: string, () => Promise<unknown>][] = [
      ["collectionDDL", () => db.collections.release(d)],
      ["collectionDDL", () => db.collections.drop(d)],
      ["partitionDDL", () => db.partitions.create(partition)],
      ["index", () => db.indexes.drop({ ...d, indexName: "vector" })],
      ["flush", () => db.collections.flush(d)],
      ["compaction", () => db.collections.compact(d)],
    ];
    for (const [property, change] of definitions) {
      for (const key of [`database.force.deny.${property}`, "database.force.deny.ddl"]) {
        await set({ [key]: true });
        await expect(change()).rejects.toMatchObject(denied);
        await db.databases.dropProperties({ dbName: "d", propertyKeys: [key] });
      }
    }
    expect(await db.partitions.list(d)).toEqual(["_default"]);
    await set({ "database.force.deny.flush": true });
    await db.partitions.create(partition);
    await db.close();
  });
});

describe("docs/without-effect.md", () => {
  it("is what `npm run docs:fields` makes of the tables", async () => {
    expect(readFileSync(withoutEffectPath, "utf8")).toBe(await withoutEffectPage());
  });
});
