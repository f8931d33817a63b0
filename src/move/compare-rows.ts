import type { RecordBatch } from "../engine/contract/column.js";
import { type ComparedRow, comparedRows, differingFields, digestOf } from "./canonical.js";
import { compareKeys, keysFilter, keysFrom, rangeFilter } from "./key-filter.js";
import { BatchSize } from "./rows.js";
import type { CollectionName, DescribedCollection, Key, Side } from "./side.js";

/** The rows of one partition on both sides. */
export interface RowsToCompare {
  readonly here: Side;
  readonly there: Side;
  readonly nameHere: CollectionName;
  readonly nameThere: CollectionName;
  readonly describedHere: DescribedCollection;
  readonly describedThere: DescribedCollection;
  readonly keyName: string;
  /** Undefined where a partition key chooses: all of them. */
  readonly partition: string | undefined;
  /** Here is only a part of what is there: rows are looked for by their keys. */
  readonly subset: boolean;
  /** Names of fields that are not compared. */
  readonly omitted: ReadonlySet<string>;
  /** Most keys that are named of each kind of difference. */
  readonly maxKeys: number;
  readonly signal: AbortSignal | undefined;
  readonly compared: (rows: number) => void;
}

/** Keys of rows that differ: all are counted, the first ones are kept. */
class DifferingKeys {
  readonly keys: Key[] = [];
  count = 0;

  add(key: Key, most: number): void {
    this.count++;
    if (this.keys.length < most) this.keys.push(key);
  }
}

export interface FoundDifferences {
  rowsHere: number;
  rowsThere: number;
  ranges: number;
  rangesDiffering: number;
  readonly onlyHere: DifferingKeys;
  readonly onlyThere: DifferingKeys;
  readonly changed: DifferingKeys;
  readonly fields: Set<string>;
}

export function noDifferences(): FoundDifferences {
  return {
    rowsHere: 0,
    rowsThere: 0,
    ranges: 0,
    rangesDiffering: 0,
    onlyHere: new DifferingKeys(),
    onlyThere: new DifferingKeys(),
    changed: new DifferingKeys(),
    fields: new Set(),
  };
}

/** Compares rows range by range of their keys: first the hashes of a range, then its rows where these differ. */
export async function compareRows(task: RowsToCompare, found: FoundDifferences): Promise<void> {
  const size = new BatchSize(task.describedHere.description);
  let after: Key | undefined;
  for (;;) {
    task.signal?.throwIfAborted();
    const batch = await readHere(task, after, size.rows);
    size.learn(batch);
    const here = comparedRows(batch, task.keyName, task.omitted);
    const upTo = here.at(-1)?.key;
    const there = await (task.subset ? readSame(task, here) : readRange(task, after, upTo, here.length));
    compareRange(task, here, there, found);
    task.compared(here.length);
    if (upTo === undefined) return;
    after = upTo;
  }
}

function compareRange(
  { maxKeys }: RowsToCompare,
  here: readonly ComparedRow[],
  there: readonly ComparedRow[],
  found: FoundDifferences,
): void {
  found.rowsHere += here.length;
  found.rowsThere += there.length;
  if (here.length > 0) found.ranges++;
  if (digestOf(here) === digestOf(there)) return;
  found.rangesDiffering++;
  const others = [...there];
  for (const row of here) {
    while (others[0] !== undefined && compareKeys(others[0].key, row.key) < 0) {
      found.onlyThere.add((others.shift() as ComparedRow).key, maxKeys);
    }
    if (others[0] === undefined || compareKeys(others[0].key, row.key) !== 0) found.onlyHere.add(row.key, maxKeys);
    else {
      const fields = differingFields(row, others.shift() as ComparedRow);
      if (fields.length > 0) found.changed.add(row.key, maxKeys);
      for (const field of fields) found.fields.add(field);
    }
  }
  for (const { key } of others) found.onlyThere.add(key, maxKeys);
}

function readHere(task: RowsToCompare, after: Key | undefined, limit: number): Promise<RecordBatch> {
  const filter = rangeFilter(task.keyName, after, undefined);
  return task.here.read({
    ...task.nameHere,
    described: task.describedHere,
    partition: task.partition,
    filter,
    outputFields: ["*"],
    limit,
  });
}

/** The rows of the same keys on the other side. */
async function readSame(task: RowsToCompare, rows: readonly ComparedRow[]): Promise<readonly ComparedRow[]> {
  const found: ComparedRow[] = [];
  const all = rows.map(({ key }) => key);
  for (let from = 0; from < all.length; ) {
    const keys = keysFrom(all, from, all.length);
    found.push(...(await readThere(task, keysFilter(task.keyName, keys), keys.length)));
    from += keys.length;
  }
  return found.sort((a, b) => compareKeys(a.key, b.key));
}

async function readThere(task: RowsToCompare, filter: string, limit: number): Promise<readonly ComparedRow[]> {
  const { there, nameThere, describedThere, partition, keyName, omitted } = task;
  const asked = { ...nameThere, described: describedThere, partition, filter, outputFields: ["*"], limit };
  return comparedRows(await there.read(asked), keyName, omitted);
}

/** Rows that a page may have beyond those that are expected. */
const SPARE_ROWS = 64;

/** All rows of a range on the other side: pages may be shorter than they were asked to be. */
async function readRange(
  task: RowsToCompare,
  after: Key | undefined,
  upTo: Key | undefined,
  expected: number,
): Promise<readonly ComparedRow[]> {
  const rows: ComparedRow[] = [];
  let from = after;
  for (;;) {
    const limit = Math.max(1, expected - rows.length) + SPARE_ROWS;
    const page = await readThere(task, rangeFilter(task.keyName, from, upTo), limit);
    rows.push(...page);
    const last = page.at(-1);
    const whole = upTo !== undefined && rows.length >= expected && page.length < limit;
    if (last === undefined || whole) return rows;
    from = last.key;
  }
}
