import type { RecordBatch } from "../engine/contract/column.js";
import { failure, isElanusError } from "../errors.js";
import { keysOf } from "./canonical.js";
import type { Journal } from "./journal.js";
import { both, compareKeys, keysFilter, keysFrom, rangeFilter } from "./key-filter.js";
import type { RefusedRows } from "./refused-rows.js";
import { isTransient, repeat } from "./repeat.js";
import { BatchSize, sliceRows } from "./rows.js";
import type { CollectionName, DescribedCollection, Key, Side, WriteRequest } from "./side.js";

/** Rows of one partition that are to be on the other side. */
export interface RowsToCopy {
  readonly from: Side;
  readonly to: Side;
  readonly source: CollectionName;
  readonly target: CollectionName;
  readonly described: DescribedCollection;
  readonly keyName: string;
  /** Undefined where a partition key chooses: all of them. */
  readonly partition: string | undefined;
  readonly filter: string;
  /** Of a sample: their keys, in ascending order. */
  readonly keys: readonly Key[] | undefined;
  readonly mode: WriteRequest["mode"];
  /** Any row may be there already. */
  readonly doubtful: boolean;
  /** What becomes of rows on the way. */
  readonly change: (rows: RecordBatch) => RecordBatch;
  readonly journal: Journal;
  readonly refused: RefusedRows;
  readonly signal: AbortSignal | undefined;
  readonly written: (rows: number) => void;
}

/** How a journal calls all partitions together. */
export const ALL_PARTITIONS = "*";
/** Rows that are looked up by their keys at a time. */
const KEYS_AT_A_TIME = 100;

/**
 * Copies rows in the order of their keys from where the journal says that an earlier move has come. No row is lost or doubled,
 * whenever one was ended: what is written twice replaces itself, and where it would not, it is removed first.
 */
export async function copyRows(task: RowsToCopy): Promise<void> {
  const { journal, partition = ALL_PARTITIONS, signal } = task;
  const collection = `${task.source.database}.${task.source.collection}`;
  const known = journal.progress(collection, partition);
  if (known.refused.length > 0) journal.tried(collection, partition, await copyKeys(task, known.refused));
  if (known.done) return;
  const size = new BatchSize(task.described.description);
  let ahead = readBehind(task, known.after, size);
  for (;;) {
    const rows = await ahead;
    signal?.throwIfAborted();
    const keys = keysOf(rows, task.keyName);
    const last = keys.at(-1);
    if (last === undefined) break;
    requireOrder(task.from, keys);
    size.learn(rows);
    ahead = readBehind(task, last, size);
    // It is awaited in the next turn, or never.
    ahead.catch(() => {});
    const doubtful =
      task.doubtful || (known.doubtUpTo !== undefined && compareKeys(keys[0] as Key, known.doubtUpTo) <= 0);
    if (task.mode === "insert") journal.begin(collection, partition, last);
    const refused = await writeRows(task, rows, doubtful);
    journal.written(collection, partition, last, rows.rowCount - refused.length, refused);
    task.written(rows.rowCount - refused.length);
  }
  journal.done(collection, partition);
}

/** Rows by their keys. @returns the keys of those that are refused again */
async function copyKeys(task: RowsToCopy, keys: readonly Key[]): Promise<readonly Key[]> {
  const refused: Key[] = [];
  for (let from = 0; from < keys.length; from += KEYS_AT_A_TIME) {
    const some = keys.slice(from, from + KEYS_AT_A_TIME);
    const rows = await read(task, keysFilter(task.keyName, some), KEYS_AT_A_TIME);
    const again = await writeRows(task, rows, true);
    task.written(rows.rowCount - again.length);
    refused.push(...again);
  }
  return refused;
}

async function readBehind(task: RowsToCopy, after: Key | undefined, size: BatchSize): Promise<RecordBatch> {
  const { keys } = task;
  const filter = both(rangeFilter(task.keyName, after, undefined), task.filter);
  for (;;) {
    try {
      return await (keys === undefined ? read(task, filter, size.rows) : readSampled(task, keys, after, size.rows));
    } catch (error) {
      if (!isTooLarge(error) || !size.halve()) throw error;
    }
  }
}

const NO_ROWS: RecordBatch = { rowCount: 0, columns: [], outputFields: [] };

/** The next rows of a sample: some may have gone since it was chosen. */
async function readSampled(
  task: RowsToCopy,
  keys: readonly Key[],
  after: Key | undefined,
  most: number,
): Promise<RecordBatch> {
  const first = after === undefined ? 0 : keys.findIndex((key) => compareKeys(key, after) > 0);
  for (let from = first; ; ) {
    const some = from < 0 ? [] : keysFrom(keys, from, most);
    if (some.length === 0) return NO_ROWS;
    const rows = await read(task, keysFilter(task.keyName, some), some.length);
    if (rows.rowCount > 0) return rows;
    from += some.length;
  }
}

async function read(
  { from, source, described, partition }: RowsToCopy,
  filter: string,
  limit: number,
): Promise<RecordBatch> {
  return from.read({ ...source, described, partition, filter, outputFields: ["*"], limit });
}

/** @throws ServerRefused for rows in another order than that of their keys: some would be passed over */
function requireOrder({ name }: Side, keys: readonly Key[]): void {
  const wrong = keys.findIndex((key, i) => i > 0 && compareKeys(keys[i - 1] as Key, key) > 0);
  if (wrong < 0) return;
  const reason = `it gives rows in another order than that of their keys (${keys[wrong - 1]} before ${keys[wrong]})`;
  throw failure("ServerRefused", { server: name, call: "Query", code: 0, reason });
}

/**
 * Writes rows, in smaller parts where one of them is refused, until it is known which.
 *
 * @param doubtful they may be there already
 * @returns the keys of those that are refused
 */
async function writeRows(task: RowsToCopy, rows: RecordBatch, doubtful: boolean): Promise<readonly Key[]> {
  if (rows.rowCount === 0) return [];
  const { to, target, partition, mode, signal } = task;
  const keys = keysOf(rows, task.keyName);
  let removeFirst = doubtful && mode === "insert";
  const write = async () => {
    if (removeFirst) await to.remove(target, partition, keysFilter(task.keyName, keys));
    await to.write({ ...target, partition, rows: task.change(rows), mode });
  };
  try {
    await repeat(write, signal, () => {
      removeFirst = mode === "insert";
    });
    return [];
  } catch (error) {
    if (!isAboutRows(error, to)) throw error;
    if (rows.rowCount === 1) {
      const key = keys[0] as Key;
      task.refused.add(key, (error as Error).message);
      return [key];
    }
    const middle = Math.ceil(rows.rowCount / 2);
    const first = await writeRows(task, sliceRows(rows, 0, middle), removeFirst);
    return [...first, ...(await writeRows(task, sliceRows(rows, middle, rows.rowCount), removeFirst))];
  }
}

/** Codes by which this engine refuses what rows hold. */
const ROW_CODES: ReadonlySet<unknown> = new Set([1, 5, 1100, 1101, 1804, 2000, 65535]);

/**
 * Whether a server may mean what rows hold: the other codes are about the store, the collection and the caller. There are many for rows
 * (2.3 says that a disk has failed where JSON is no object), and where each row is refused by itself, `RefusedRows` soon has enough.
 */
function isRowCodeThere(code: unknown): boolean {
  const within = (from: number, below: number) => Number(code) >= from && Number(code) < below;
  return ROW_CODES.has(code) || within(1000, 1200) || within(1700, 1800) || within(1900, 10_000);
}

function isAboutRows(error: unknown, to: Side): boolean {
  if (!isElanusError(error) || isTransient(error)) return false;
  if (error.kind === "MoveStopped") return false;
  if (error.kind === "AnswerUnreadable") return isTooLarge(error);
  if (error.kind !== "ServerRefused") return to.isHere ? ROW_CODES.has(error.code) : isRowCodeThere(error.code);
  return isTooLarge(error) || (error.details["grpc"] === undefined && isRowCodeThere(error.details["code"]));
}

/** What a gateway says of a request that it does not hand on. */
const PAYLOAD_TOO_LARGE = 413;

/** Too many bytes in one message, one way or the other. */
function isTooLarge(error: unknown): boolean {
  if (isElanusError(error, "ReplyTooLarge")) return true;
  if (isElanusError(error, "AnswerUnreadable")) return error.details["status"] === PAYLOAD_TOO_LARGE;
  return (
    isElanusError(error, "ServerRefused") &&
    /larger than max|maxOutputSize|too large/i.test(String(error.details["reason"]))
  );
}
