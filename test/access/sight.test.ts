import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../src/engine/contract/caller.js";
import { contract, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { isElanusError } from "../../src/errors.js";

/** What the hidden collection and its parts are called, and what does not exist: names of one length. */
const HIDDEN = {
  collectionName: ["hidden_collection", "absent_collection"],
  aliasName: ["hidden_alias", "absent_alias"],
  partitionName: ["hidden_partition", "absent_partition"],
  indexName: ["hidden_index", "absent_index"],
  fieldName: ["hidden_field", "absent_field"],
  snapshotName: ["hidden_snapshot", "absent_snapshot"],
} as const;
type Part = keyof typeof HIDDEN;
const PARTS = Object.keys(HIDDEN) as Part[];

let engine: Engine;
let caller: Caller;
let hiddenId = 0;
let jobId = 0;
const root = (path: OperationPath, request: object) => engine.execute(path, request);

async function makeCollection(collectionName: string, word: string): Promise<void> {
  const name = (part: string) => `${word}_${part}`;
  const vector = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } };
  await root("collections/create", {
    collectionName,
    description: name("description"),
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: name("field"), dataType: "VarChar", elementTypeParams: { max_length: 20, enable_analyzer: true } },
        { fieldName: "terms", dataType: "SparseFloatVector" },
        vector,
      ],
      functions: [
        { name: name("function"), type: "BM25", inputFieldNames: [name("field")], outputFieldNames: ["terms"] },
      ],
    },
    indexParams: [
      { fieldName: "vector", indexName: name("index"), metricType: "L2", indexType: "FLAT" },
      { fieldName: "terms", indexName: name("terms"), metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
    ],
  });
  await root("partitions/create", { collectionName, partitionName: name("partition") });
  await root("aliases/create", { collectionName, aliasName: name("alias") });
  await root("entities/insert", { collectionName, data: [{ id: 1, [name("field")]: "a", vector: [1, 2] }] });
  await root("snapshots/create", { collectionName, snapshotName: name("snapshot") });
  await root("collections/load", { collectionName });
}

beforeAll(async () => {
  engine = openEngine(":memory:", { durability: "off" });
  await makeCollection("open_collection", "open");
  await makeCollection(HIDDEN.collectionName[0], "hidden");
  const { data, facts } = await engine.execute("collections/list", {});
  hiddenId = (facts as unknown as { id: number }[])[(data as string[]).indexOf(HIDDEN.collectionName[0])]?.id ?? 0;
  const job = await root("snapshots/restore", {
    collectionName: HIDDEN.collectionName[0],
    snapshotName: HIDDEN.snapshotName[0],
    targetCollectionName: "hidden_copy",
  });
  ({ jobId } = job.data as { jobId: number });
  await root("users/create", { userName: "u", password: "secret1" });
  await root("roles/create", { roleName: "r" });
  await root("users/grant_role", { userName: "u", roleName: "r" });
  caller = (await engine.authenticate({ kind: "password", user: "u", password: "secret1" })) as Caller;
});
afterAll(() => engine.close());

/** What answers a call: its data and what is known beside, or how it is refused. */
async function answered(path: OperationPath, request: object): Promise<string> {
  try {
    const { data, facts } = await engine.execute(path, request, { caller });
    return text([data, facts]);
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return text([error.code, error.message, error.details]);
  }
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item));
}

/** A request in which all is about what the caller may see, but for one part. */
function requestOf(path: OperationPath, part?: Part, name = ""): object {
  const values: Record<string, unknown> = {
    ...Object.fromEntries(PARTS.map((key) => [key, key === part ? name : HIDDEN[key][0].replace("hidden", "open")])),
    newCollectionName: "open_other",
    targetCollectionName: "open_other",
    targetS3Path: "/nowhere",
    snapshotMetadataURI: "/nowhere",
    dbName: "default",
    collectionID: hiddenId,
    jobId,
    compactionID: hiddenId,
    filter: "id > 0",
    data: path.includes("search") ? [[1, 2]] : [],
    text: ["a"],
    id: [1],
    sourceRgName: "__default_resource_group",
    targetRgName: "__default_resource_group",
    replicaNum: 1,
    nodeNum: 1,
    sourceNodeID: 1,
    name: "__default_resource_group",
    resource_groups: {},
    userName: "u",
    roleName: "r",
    privilegeGroupName: "none",
    privilege: "Search",
    privileges: ["Search"],
    objectType: "Collection",
    objectName: "*",
    indexParams: [{ fieldName: part === "fieldName" ? name : "open_field", indexName: "j", indexType: "INVERTED" }],
    propertyKeys: ["x"],
    properties: { x: "1" },
    schema: { fieldName: part === "fieldName" ? name : "open_more", dataType: "Int64", nullable: true, fields: [] },
  };
  for (const list of ["partitionNames", "collectionNames"]) {
    const one = values[list.replace(/s$/, "")];
    values[list] = [one];
  }
  const known = Object.entries(contract[path].request)
    .filter(([key, { required = false }]) => required || PARTS.some((known) => key.startsWith(known)) || key === "text")
    .map(([key]) => [key, values[key]] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(known);
}

const holds = (path: OperationPath, part: Part) =>
  part in contract[path].request || `${part}s` in contract[path].request;

/** What a right on all collections, or on none in particular, lets anybody do with what he does not see. */
const mayChange = (path: OperationPath) => contract[path].writes && contract[path].privilege?.object === "Global";

async function grantAll(): Promise<void> {
  const named = new Map(
    operationPaths.flatMap((path) => {
      const { privilege } = contract[path];
      return privilege === undefined ? [] : [[privilege.name, privilege.object]];
    }),
  );
  for (const [privilege, object] of named) {
    const collectionName = object === "Collection" ? "open_collection" : "*";
    await root("roles/grant_privilege_v2", { roleName: "r", privilege, collectionName, dbName: "default" });
  }
}

describe("what a user does not see", () => {
  it("has no other answer than what does not exist, for who may do nothing", async () => {
    const told: string[] = [];
    let asked = 0;
    for (const path of operationPaths.filter((known) => known !== "collections/has")) {
      for (const part of PARTS.filter((known) => holds(path, known))) {
        const [hidden, absent] = HIDDEN[part];
        asked++;
        const here = await answered(path, requestOf(path, part, hidden));
        const nowhere = await answered(path, requestOf(path, part, absent));
        if (here.replaceAll(hidden, absent) !== nowhere) told.push(`${path} ${part}: ${here}, not ${nowhere}`);
      }
    }
    expect(told).toEqual([]);
    expect(asked).toBeGreaterThan(80);
    const byNumber = async (collectionID: number) =>
      (await answered("segments/describe", { collectionID })).replaceAll(String(collectionID), "n");
    expect(await byNumber(hiddenId)).toBe(await byNumber(hiddenId + 1000));
  });

  it("stands in no list and no text, for who may do everything else", async () => {
    await grantAll();
    expect(await answered("collections/list", {})).toContain("open_collection");
    const told: string[] = [];
    const ask = async (path: OperationPath, request: object): Promise<void> => {
      const answer = (await answered(path, request)).replaceAll(/hidden_\w+/g, (name) =>
        text(request).includes(name) ? "" : name,
      );
      if (answer.includes("hidden")) told.push(`${path} ${text(request)}: ${answer}`);
    };
    // Names that are taken by what is hidden; what follows drops what is seen, in the end.
    await ask("aliases/create", { collectionName: "open_collection", aliasName: "hidden_alias" });
    await ask("aliases/create", { collectionName: "open_collection", aliasName: "hidden_collection" });
    await ask("collections/create", { collectionName: "hidden_alias", dimension: 2 });
    await ask("collections/rename", { collectionName: "open_collection", newCollectionName: "hidden_alias" });
    for (const path of operationPaths) {
      await ask(path, requestOf(path));
      for (const part of PARTS.filter((known) => holds(path, known))) {
        if (!mayChange(path)) await ask(path, requestOf(path, part, HIDDEN[part][0]));
      }
    }
    expect(told).toEqual([]);
  });
});
