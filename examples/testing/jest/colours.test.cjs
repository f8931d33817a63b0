// Reads the Milvus of the whole run.
const { MilvusClient } = require("@zilliz/milvus2-sdk-node");

const client = new MilvusClient({ address: process.env.MILVUS_ADDRESS, logLevel: "warn" });
afterAll(() => client.closeConnection());

test("red is there for every file", async () => {
  const { data } = await client.query({ collection_name: "colours", filter: "id == 1", output_fields: ["name"] });
  expect(data.map(({ $meta }) => $meta.name)).toEqual(["red"]);
});
