/** A number of a vector as JSON text, in bytes. */
const BYTES_OF_A_NUMBER = 24;
/** Servers take bodies of 64 MB. */
const BYTES_OF_A_BATCH = 32_000_000;

/** Rows in parts that a server takes in one request: each is written whole or not at all. */
export function* inBatches<Row>(
  rows: readonly Row[],
  numbers: number,
  othersOf: (row: Row) => unknown,
): Generator<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = numbers * BYTES_OF_A_NUMBER + 3 * (JSON.stringify(othersOf(row))?.length ?? 0);
    if (batch.length > 0 && bytes + size > BYTES_OF_A_BATCH) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
