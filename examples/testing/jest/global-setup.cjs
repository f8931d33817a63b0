// One Milvus for the whole run: what all test files only read. It runs in jest's own process, so tests get the address.
const { startMilvus } = require("elanus/testing");

module.exports = async () => {
  const milvus = await startMilvus({
    from: async (db) => {
      await db.collections.create({ collectionName: "colours", dimension: 3 });
      await db.entities.insert({ collectionName: "colours", data: [{ id: 1, vector: [1, 0, 0], name: "red" }] });
    },
  });
  globalThis.milvus = milvus;
  process.env.MILVUS_ADDRESS = milvus.address;
};
