// Looks into a device from elsewhere, as into any Milvus: node monitor.mjs http://<device>:<port>
import { Elanus } from "elanus";
import { STATES } from "./signal.mjs";

const device = await Elanus.open(process.argv[2]);
const counts = await device.entities.query({
  collectionName: "readings",
  groupByFields: ["state"],
  outputFields: ["state", "count(*)"],
});
for (const row of counts) console.log(`monitor: ${row["count(*)"]} readings of "${row.state}"`);
const [worn] = STATES.filter(({ name }) => name === "bearing worn");
const search = { collectionName: "readings", data: [worn.bands], limit: 1, outputFields: ["state"] };
const [nearest] = await device.entities.search(search);
console.log(`monitor: the reading most like a worn bearing is one of "${nearest.state}"`);
await device.close();
