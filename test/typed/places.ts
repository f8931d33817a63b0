import { afterEach } from "vitest";
import { Elanus } from "../../src/index.js";

/** Where the collection of a test is. */
export const PLACES = ["in process", "worker", "server"] as const;
export type Place = (typeof PLACES)[number];

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An empty database in that place, open until the test ends. */
export async function openAt(place: Place): Promise<Elanus> {
  const local = await Elanus.open(":memory:", { worker: place === "worker" });
  ends.push(() => local.close());
  if (place !== "server") return local;
  const server = await local.listen({ port: 0 });
  const db = await Elanus.open(server.url);
  ends.push(() => db.close());
  return db;
}
