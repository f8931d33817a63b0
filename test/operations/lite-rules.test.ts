import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";

const open: Elanus[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

const fields = [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
];
const index = { indexParams: [{ fieldName: "v", indexType: "BRUTE_FORCE", metricType: "L2" }] };

/** A collection with two rows and no index; sends requests to it. */
async function filled(loadRules: OpenOptions["loadRules"]) {
  const db = await Elanus.open(":memory:", { serverVersion: "2.6", ...(loadRules && { loadRules }) });
  open.push(db);
  const post = (path: string, body: object = {}) =>
    db.request(`/v2/vectordb/${path}`, { collectionName: "book", ...body });
  await post("collections/create", { schema: { fields } });
  await post("partitions/create", { partitionName: "p" });
  await post("entities/insert", { data: [{ id: 1, v: [0, 1] }] });
  await post("entities/insert", { partitionName: "p", data: [{ id: 2, v: [1, 1] }] });
  return { post, codes: async (path: string, body?: object) => (await post(path, body)).code };
}
const all = { filter: "id > 0", outputFields: ["id"] };
const search = { data: [[0, 0]], limit: 2 };

describe("the rules of Milvus Lite", () => {
  it("load a collection when it is made, whatever it has of indexes", async () => {
    const { post, codes } = await filled("lite");
    expect(await post("collections/get_load_state")).toMatchObject({ data: { loadState: "LoadStateLoaded" } });
    expect(await post("entities/query", all)).toMatchObject({ data: [{ id: 1 }, { id: 2 }] });
    expect(await codes("entities/search", search)).toBe(65535);
    expect(await codes("indexes/create", index)).toBe(0);
    expect(await post("entities/search", search)).toMatchObject({ data: [{ id: 1 }, { id: 2 }] });
  });

  it("release it once it has an index, and load it without one", async () => {
    const { codes } = await filled("lite");
    expect(await codes("collections/release")).toBe(0);
    expect(await codes("entities/query", all)).toBe(0);
    await codes("indexes/create", index);
    await codes("collections/release");
    expect(await codes("entities/query", all)).toBe(101);
    await codes("indexes/drop", { indexName: "v" });
    expect(await codes("collections/load")).toBe(0);
    expect(await codes("entities/query", all)).toBe(0);
    await codes("collections/create", { schema: { fields } });
    expect(await codes("entities/query", all)).toBe(0);
  });

  it("let a loaded partition go", async () => {
    const { post, codes } = await filled("lite");
    expect(await codes("partitions/drop", { partitionName: "p" })).toBe(0);
    expect(await post("entities/query", all)).toMatchObject({ data: [{ id: 1 }] });
    expect(await codes("partitions/drop", { partitionName: "_default" })).toBe(65535);
  });

  it("are not those of Milvus", async () => {
    const { codes } = await filled(undefined);
    expect(await codes("entities/query", all)).toBe(101);
    expect(await codes("collections/load")).toBe(700);
    await codes("indexes/create", index);
    await codes("collections/load");
    expect(await codes("entities/search", search)).toBe(0);
    expect(await codes("partitions/drop", { partitionName: "p" })).toBe(65535);
  });
});
