/** What an application does with its notes. It does not know whether they lie in a file or on a server. */
const collectionName = "notes";

export async function fill(db, count) {
  await db.collections.create({ collectionName, dimension: 3, metricType: "COSINE" });
  const data = Array.from({ length: count }, (_, id) => ({
    id,
    vector: [Math.sin(id), Math.cos(id), Math.sin(id / 7)],
    text: `note ${id}`,
    even: id % 2 === 0,
  }));
  await db.entities.insert({ collectionName, data });
}

export async function find(db) {
  const request = { collectionName, data: [[0.5, 0.5, 0.5]], limit: 3, filter: "even == true", outputFields: ["text"] };
  const hits = await db.entities.search({ ...request, consistencyLevel: "Strong" });
  return hits.map(({ text }) => text).join(", ");
}
