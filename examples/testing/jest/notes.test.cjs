// One Milvus for this file. The official client needs an ES module, which jest loads with a flag only:
//
//   NODE_OPTIONS=--experimental-vm-modules npx jest --rootDir examples/testing/jest
const { startMilvus } = require("elanus/testing");

let milvus;
let client;

beforeAll(async () => {
  milvus = await startMilvus();
  client = await milvus.client();
});
beforeEach(async () => {
  await client.createCollection({ collection_name: "notes", dimension: 3 });
  await client.loadCollection({ collection_name: "notes" });
});
afterEach(() => milvus.reset());
afterAll(() => milvus.close());

const insert = (id, vector) => client.insert({ collection_name: "notes", data: [{ id, vector }] });
const nearest = async (data) => {
  const { results } = await client.search({ collection_name: "notes", data, limit: 1 });
  return results.map(({ id }) => id);
};

test("a note is found by what it is about", async () => {
  await insert(1, [1, 0, 0]);
  await insert(2, [0, 1, 0]);
  expect(await nearest([0.9, 0.1, 0])).toEqual(["1"]);
});

test("a test begins with nothing", async () => {
  expect(await nearest([1, 0, 0])).toEqual([]);
});

test("fake timers stop nothing", async () => {
  jest.useFakeTimers();
  const slow = milvus.delay("entities/insert", 5);
  await milvus.db.entities.insert({ collectionName: "notes", data: [{ id: 1, vector: [1, 0, 0] }] });
  expect(slow.hits).toBe(1);
  await milvus.reset();
  jest.useRealTimers();
  expect(await milvus.db.collections.list()).toEqual([]);
});
