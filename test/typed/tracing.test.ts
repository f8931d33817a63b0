import diagnostics from "node:diagnostics_channel";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type OperationMessage } from "../../src/index.js";
import { opened, refused } from "../support/served.js";

const collectionName = "book";
const channel = diagnostics.tracingChannel<OperationMessage>("elanus:operation");
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What is told from now on. */
function heard() {
  const started: OperationMessage[] = [];
  const ended: OperationMessage[] = [];
  const failed: OperationMessage[] = [];
  const listeners = {
    start: (message: OperationMessage) => void started.push(structuredClone({ attributes: message.attributes })),
    end: () => {},
    asyncStart: () => {},
    asyncEnd: (message: OperationMessage) => void ended.push(message),
    error: (message: OperationMessage) => void failed.push(message),
  };
  channel.subscribe(listeners);
  const stop = (): void => void channel.unsubscribe(listeners);
  ends.push(stop);
  return { started, ended, failed, stop, last: () => ended.at(-1)?.attributes };
}

async function filled(worker: boolean): Promise<Elanus> {
  const db = await Elanus.open(":memory:", { worker });
  ends.push(() => db.close());
  await db.collections.create({ collectionName, dimension: 2 });
  return db;
}

describe.each([false, true])("the channel elanus:operation, worker: %s", (worker) => {
  it("tells of each operation under the names of OpenTelemetry", async () => {
    const db = await filled(worker);
    const { started, ended, failed, last } = heard();
    const about = { "db.system.name": "elanus", "db.namespace": "default", "db.collection.name": collectionName };
    const data = [1, 2, 3].map((id) => ({ id, vector: [id, 1] }));
    await db.entities.insert({ collectionName, data });
    expect(started).toEqual([
      { attributes: { ...about, "db.operation.name": "entities/insert", "db.operation.batch.size": 3 } },
    ]);
    await db.entities.search({ collectionName, data: [[1, 0]], limit: 2 });
    expect(last()).toEqual({ ...about, "db.operation.name": "entities/search", "db.response.returned_rows": 2 });
    await db.entities.query({ collectionName, filter: "id > 1" });
    expect(last()).toMatchObject({ "db.operation.name": "entities/query", "db.response.returned_rows": 2 });
    await db.request("/v2/vectordb/entities/query", { collectionName, filter: "id > 2" });
    expect(last()).toMatchObject({ "db.operation.name": "entities/query", "db.response.returned_rows": 1 });
    expect(failed).toEqual([]);
    expect(await refused(db.entities.query({ collectionName: "bok", limit: 1 }))).toMatchObject({ code: 100 });
    expect(failed[0]).toMatchObject({
      error: { kind: "CollectionNotFound" },
      attributes: { "error.type": "CollectionNotFound", "db.response.status_code": "100", "db.collection.name": "bok" },
    });
    expect(ended.length).toBe(started.length);
  });

  it("says nothing of values, and nothing to whom has gone", async () => {
    const db = await filled(worker);
    const { started, ended, stop } = heard();
    await db.users.create({ userName: "ann", password: "a-secret-1" });
    await db.entities.query({ collectionName, filter: 'id > 1 and $meta["name"] == "a-secret-2"' });
    expect(JSON.stringify([started, ended])).not.toContain("a-secret");
    stop();
    await db.entities.query({ collectionName, filter: "id > 1" });
    expect(ended).toHaveLength(2);
  });
});

it("a handle on a server tells where that is", async () => {
  const store = await filled(false);
  const server = await store.listen({ port: 0 });
  const db = await opened(server.url);
  const { started } = heard();
  await db.entities.query({ collectionName, filter: "id > 1" });
  await db.request("/v2/vectordb/entities/query", { collectionName, filter: "id > 1" });
  const { port } = new URL(server.url);
  const asked = started.filter(({ attributes }) => attributes["db.system.name"] === "milvus");
  for (const { attributes } of asked) {
    expect(attributes).toMatchObject({
      "db.operation.name": "entities/query",
      "server.address": "127.0.0.1",
      "server.port": Number(port),
    });
  }
  expect(asked).toHaveLength(2);
});
