import { Elanus } from "elanus";

const DIMENSION = 16;
const ROWS = 2500;

/** A store that uses every part which a bundler could lose: threads, the addon, the parser, what is loaded late. */
async function life(path, options) {
  const db = await Elanus.open(path, { exactBelow: 500, ...options });
  await db.collections.create({
    collectionName: "place",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "where", dataType: "Geometry" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: "HNSW", metricType: "L2" }],
  });
  const data = Array.from({ length: ROWS }, (_, id) => ({
    id,
    where: `POINT (${id} ${id % 7})`,
    vector: Float32Array.from({ length: DIMENSION }, (_, i) => ((id * 31 + i * 17) % 101) / 101),
  }));
  await db.entities.insert({ collectionName: "place", data });
  for (const end = Date.now() + 300_000; (await db.stats()).graphRows < ROWS; ) {
    if (Date.now() > end) throw new Error(`no graph: ${JSON.stringify(await db.stats())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const [hit] = await db.entities.search({
    collectionName: "place",
    data: [data[1234].vector],
    filter: "st_within(where, 'POLYGON ((1230 0, 1230 9, 1240 9, 1240 0, 1230 0))')",
    outputFields: ["id"],
    limit: 1,
  });
  const { builds } = await db.stats();
  await db.close();
  if (hit?.id !== 1234) throw new Error(`found ${JSON.stringify(hit)}`);
  return builds;
}

/**
 * Lives through a store in this thread and through one in a thread of its own.
 * @returns where the graphs were built, and what was warned of
 */
export async function use(path) {
  const warnings = [];
  const listen = ({ code }) => code?.startsWith("ELANUS") && warnings.push(code);
  process.on("warning", listen);
  const builds = [await life(path, {})];
  try {
    builds.push(await life(":memory:", { worker: true }));
  } catch (error) {
    builds.push(error.kind ?? String(error));
  }
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  return `${builds.join(", ")}${warnings.length === 0 ? "" : `; warned: ${warnings.join(", ")}`}`;
}
