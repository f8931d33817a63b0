// A device that knows the states of its machine, tells each reading's, keeps the readings of a day, and lets others look:
//
//   node device.mjs <file> [port]
import { Elanus } from "elanus";
import { readings, STATES } from "./signal.mjs";

const [file, port = "0"] = process.argv.slice(2);
// A flash card is spared the fsync of each reading: after a power cut the last ones may be missing, the file is sound.
const db = await Elanus.open(file, { durability: "normal" });
await prepare("states");
await prepare("readings");
await db.collections.alterProperties({
  collectionName: "readings",
  properties: { "collection.ttl.seconds": 24 * 60 * 60 },
});
await db.collections.truncate({ collectionName: "states" });
const known = STATES.map(({ name, bands }) => ({ vector: bands, state: name }));
await db.entities.insert({ collectionName: "states", data: known });

const { url } = await db.listen({ port: Number(port) });
process.send?.(url);

let before;
for (const vector of readings(300)) {
  const search = { collectionName: "states", data: [vector], limit: 1, outputFields: ["state"] };
  const [{ state }] = await db.entities.search(search);
  await db.entities.insert({ collectionName: "readings", data: [{ vector, state }] });
  if (state !== before) console.log(`device: ${state}`);
  before = state;
}
process.send?.("measured");
// Without somebody who started it, it goes on serving.
process.once("message", async () => {
  await db.close();
  process.disconnect();
});

async function prepare(collectionName) {
  const { has } = await db.collections.has({ collectionName });
  if (has) return;
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true, autoID: true },
        { fieldName: "state", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 16 } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexName: "vector", indexType: "AUTOINDEX", metricType: "L2" }],
  });
}
