import { type Field, keyValue } from "../inspect/schema.js";
import type { Client, Row } from "./client.js";
import { vectorNumbers } from "./vector-numbers.js";

const MOST_ROWS = 5_000;
/** Of the vectors of all rows together: of long ones fewer are shown. */
const MOST_NUMBERS = 25_000_000;
/** Rows that are asked for at a time, and numbers in their vectors: the page stays usable while they come. */
const BATCH_ROWS = 500;
const BATCH_NUMBERS = 1_000_000;

export interface MapRows {
  readonly keys: readonly unknown[];
  /** Of the field that colours them. */
  readonly values: readonly unknown[];
  readonly rows: Float32Array<ArrayBuffer>;
  readonly dimension: number;
  /** There are more rows than these. */
  readonly drawn: boolean;
}

export interface MapRequest {
  readonly at: { readonly dbName: string; readonly collectionName: string };
  readonly key: Field;
  readonly field: Field;
  /** Absent: one colour. */
  readonly colourBy: string | undefined;
}

/** Reads rows for the map: all of them, or as many as it takes, drawn from all. */
export async function readMapRows(
  client: Client,
  { at, key, field, colourBy }: MapRequest,
  progress: (rows: number) => void,
  signal: AbortSignal,
): Promise<MapRows> {
  const query = (request: object) => client.rows("entities/query", { ...at, ...request }, signal);
  const [counted] = await query({ filter: "", outputFields: ["count(*)"] });
  const rows = Number(counted?.["count(*)"] ?? 0);
  const outputFields = [...new Set([key.name, field.name, ...(colourBy === undefined ? [] : [colourBy])])];
  const length = lengthOf(field);
  const most = Math.min(MOST_ROWS, Math.ceil(MOST_NUMBERS / length));
  const batchRows = Math.min(BATCH_ROWS, Math.ceil(BATCH_NUMBERS / length));
  const sample = rows <= most ? undefined : await sampleOf(query, key, most / rows, most);
  const keys: unknown[] = [];
  const values: unknown[] = [];
  const vectors: ArrayLike<number>[] = [];
  for (let offset = 0; offset < (sample?.length ?? most); offset += batchRows) {
    const batch =
      sample === undefined
        ? await query({ filter: "", outputFields, offset, limit: batchRows })
        : await client.rows(
            "entities/get",
            { ...at, id: sample.slice(offset, offset + batchRows), outputFields },
            signal,
          );
    for (const row of batch) {
      const vector = vectorNumbers(row[field.name], field.type);
      if (vector === undefined) continue;
      keys.push(row[key.name]);
      values.push(colourBy === undefined ? field.name : row[colourBy]);
      vectors.push(vector);
    }
    progress(keys.length);
    if (sample === undefined && batch.length < batchRows) break;
  }
  const dimension = vectors[0]?.length ?? 0;
  const flat = new Float32Array(vectors.length * dimension);
  for (const [i, vector] of vectors.entries()) flat.set(vector, i * dimension);
  return { keys, values, rows: flat, dimension, drawn: rows > most };
}

/** The keys of the rows that are shown: batches must all be of the same sample. */
async function sampleOf(
  query: (request: object) => Promise<readonly Row[]>,
  key: Field,
  share: number,
  limit: number,
): Promise<readonly unknown[]> {
  // Somewhat more, since how many come is left to chance.
  const filter = `random_sample(${Math.min(0.999, 1.1 * share).toFixed(9)})`;
  const sample = await query({ filter, outputFields: [key.name], limit });
  return sample.map((row) => keyValue(row[key.name], key));
}

function lengthOf({ params = [] }: Field): number {
  return Number(params.find(({ key }) => key === "dim")?.value ?? 1);
}
