import { type Field, keyText } from "../inspect/schema.js";
import type { Client, Row } from "./client.js";

export const MAP_ROWS = 5_000;
/** Rows that are asked for at a time: the page stays usable while they come. */
const BATCH = 500;

export interface MapRows {
  readonly keys: readonly unknown[];
  /** Of the field that colours them. */
  readonly values: readonly unknown[];
  readonly rows: Float32Array<ArrayBuffer>;
  readonly dimension: number;
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
  const filter = await drawn(query, key, rows);
  const keys: unknown[] = [];
  const values: unknown[] = [];
  const vectors: (readonly number[])[] = [];
  for (let offset = 0; offset < MAP_ROWS; offset += BATCH) {
    const batch = await query({ filter, outputFields, offset, limit: BATCH });
    for (const row of batch) {
      const vector = numbersOf(row[field.name], field);
      if (vector === undefined) continue;
      keys.push(row[key.name]);
      values.push(colourBy === undefined ? field.name : row[colourBy]);
      vectors.push(vector);
    }
    progress(keys.length);
    if (batch.length < BATCH) break;
  }
  const dimension = vectors[0]?.length ?? 0;
  const flat = new Float32Array(vectors.length * dimension);
  for (const [i, vector] of vectors.entries()) flat.set(vector, i * dimension);
  return { keys, values, rows: flat, dimension };
}

/** Which rows are shown: batches must all be of the same sample, so its keys are read first. */
async function drawn(query: (request: object) => Promise<readonly Row[]>, key: Field, rows: number): Promise<string> {
  if (rows <= MAP_ROWS) return "";
  const share = Math.min(0.999, (1.1 * MAP_ROWS) / rows);
  const filter = `random_sample(${share.toFixed(9)})`;
  const sample = await query({ filter, outputFields: [key.name], limit: MAP_ROWS });
  return `${key.name} in [${sample.map((row) => keyText(row[key.name], key)).join(",")}]`;
}

/** A vector as numbers; of bits each by itself. */
function numbersOf(value: unknown, { type }: Field): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const numbers = value as readonly number[];
  if (type !== "BinaryVector") return numbers;
  return numbers.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));
}
