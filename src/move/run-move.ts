import type { CollectionDescription } from "../engine/contract/collections.js";
import type { RecordBatch } from "../engine/contract/column.js";
import { failure, isElanusError } from "../errors.js";
import { KEYS_GIVEN } from "./adapt.js";
import { compareCollections, comparedPartitions, keyNameOf } from "./compare.js";
import { ALL_PARTITIONS, copyRows } from "./copy-rows.js";
import { type Journal, journalPath, type MoveIdentity, openJournal } from "./journal.js";
import type { CollectionComparison, MoveProgress, MoveReport } from "./options.js";
import type { Planned, PlannedCollection } from "./plan.js";
import { dropOwnIndexes, foreignIndexes, loadToRead } from "./read-unindexed.js";
import { RefusedRows } from "./refused-rows.js";
import { sampleKeys } from "./sample.js";
import { isSince, type ServerVersion } from "./server-version.js";
import {
  type CollectionName,
  type DescribedCollection,
  type IndexDescription,
  nameOf,
  type Side,
  type WriteRequest,
} from "./side.js";

/** A move from one side to the other, in either direction. */
export interface Move {
  readonly from: Side;
  readonly to: Side;
  readonly identity: MoveIdentity;
  /** Undefined: no journal is kept. */
  readonly journal: string | undefined;
  readonly compare: "rows" | "counts" | "nothing";
  readonly filter: string;
  /** Most rows of each collection; undefined: all. */
  readonly sample: number | undefined;
  /** What becomes of rows on the way, and the names of fields that are others then. */
  readonly change: (rows: RecordBatch) => RecordBatch;
  readonly changed: ReadonlySet<string>;
  readonly onProgress: ((event: MoveProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Keys that are named of each kind of difference. */
const MAX_KEYS = 10;

/**
 * Does what is planned: databases, then of each collection its schema, partitions, rows, indexes, aliases and load state, and what
 * both sides have then is compared.
 *
 * @throws MoveRefused before anything is changed; MoveIncomplete, MoveStopped after all that could be done
 */
export async function runMove(move: Move, planned: Planned): Promise<MoveReport> {
  const refusals = planned.shown.collections.flatMap(({ database, collection, refusals: reasons }) =>
    reasons.map((reason) => `${database}.${collection}: ${reason}`),
  );
  if (refusals.length > 0) throw failure("MoveRefused", { refusals });
  const journal = openJournal(move.journal, move.identity);
  const refused: RefusedRows[] = [];
  let stopped: unknown;
  let rows = 0;
  let complete = false;
  try {
    for (const database of planned.databases) await move.to.createDatabase(database);
    const comparisons: CollectionComparison[] = [];
    for (const collection of planned.collections) {
      move.signal?.throwIfAborted();
      const its = new RefusedRows(collection.source);
      refused.push(its);
      try {
        const moved = await moveCollection(move, collection, journal, its);
        rows += moved.rows;
        if (moved.comparison !== undefined) comparisons.push(moved.comparison);
      } catch (error) {
        // Rows of other collections may be taken.
        if (!isElanusError(error, "MoveStopped")) throw error;
        stopped ??= error;
      }
    }
    if (stopped !== undefined) throw stopped;
    RefusedRows.requireNone(refused);
    complete = true;
    return { plan: planned.shown, rows, comparisons };
  } finally {
    journal.end(complete);
  }
}

/** The journal of a move of the rows of a database file; none for one in memory, unless a place is named. */
export function journalOf(file: string, named: string | false | undefined, identity: MoveIdentity): string | undefined {
  if (named === false) return undefined;
  return named ?? (file === ":memory:" ? undefined : journalPath(file, identity));
}

async function moveCollection(
  move: Move,
  planned: PlannedCollection,
  journal: Journal,
  refused: RefusedRows,
): Promise<{ readonly rows: number; readonly comparison: CollectionComparison | undefined }> {
  const { to, from, signal } = move;
  const { source, target, described, adapted } = planned;
  const before = planned.there ?? (await made(to, planned));
  await dropOwnIndexes(to, target, before);
  const { loaded, found } = journal.collection(nameOf(source), {
    found: planned.there !== undefined,
    ids: `${described.id} ${before.id}`,
    loaded: loadedPartitions(before),
  });
  const known = new Set(before.partitions.map(({ name }) => name));
  const named = comparedPartitions(described);
  for (const partition of named) {
    if (partition !== undefined && !known.has(partition)) await to.createPartition(target, partition);
  }

  if (isOpenForKeys(adapted) && !isOpenForKeys(before)) await to.setProperty(target, KEYS_GIVEN, "true");

  const keyName = keyNameOf(described);
  const sampled =
    move.sample === undefined
      ? undefined
      : await sampleKeys(from, source, described, keyName, named, move.filter, move.sample);
  const total = Math.min(planned.shown.rows, move.sample ?? Number.POSITIVE_INFINITY);
  let rows = 0;
  let done = named.reduce((sum, name) => sum + journal.progress(nameOf(source), name ?? ALL_PARTITIONS).rows, 0);
  const mode = writeMode(to.server, adapted.description);
  for (const partition of named) {
    await copyRows({
      from,
      to,
      source,
      target,
      described,
      keyName,
      partition,
      filter: move.filter,
      keys: sampled?.get(partition),
      mode,
      doubtful: found,
      change: move.change,
      journal,
      refused,
      signal,
      written(count) {
        rows += count;
        done += count;
        move.onProgress?.({ kind: "move", ...source, rows: done, totalRows: total });
      },
    });
  }

  for (const index of adapted.indexes) {
    if (!foreignIndexes(before).some((known) => isSameIndex(known, index, described)))
      await to.createIndex(target, index);
  }
  for (const alias of adapted.description.aliases) {
    // The plan has seen that it belongs to nobody else; not every server tells aliases with their collection.
    const owner = await to.describe({ ...target, collection: alias });
    if (owner === undefined) await to.createAlias(target, alias);
  }
  const comparison = await settle(move, planned, before, loaded);
  return { rows, comparison };
}

/** Rows replace those of their keys where the server can do that: before 2.3 none can, and an upsert makes automatic keys anew. */
function writeMode(server: ServerVersion, { autoId }: CollectionDescription): WriteRequest["mode"] {
  // That of Milvus Lite before 3 fails for keys with an apostrophe.
  const upserts = isSince(server, 2, 3) && (server.product !== "Milvus Lite" || isSince(server, 3, 0));
  return upserts && !autoId ? "upsert" : "insert";
}

async function made(to: Side, { target, adapted }: PlannedCollection): Promise<DescribedCollection> {
  await to.createCollection(target.database, { ...adapted.description, collectionName: target.collection });
  const there = await to.describe(target);
  if (there === undefined) throw failure("Internal", { reason: `${nameOf(target)} was made and is not there` });
  return there;
}

/** Compares, and leaves the collection as loaded as the other one is, and as open for keys. */
async function settle(
  move: Move,
  planned: PlannedCollection,
  before: DescribedCollection,
  loadedBefore: readonly string[],
): Promise<CollectionComparison | undefined> {
  const { from, to } = move;
  const { source, target, described, shown } = planned;
  const reads = move.compare !== "nothing" && !to.readsReleased;
  const problem = reads ? await loadToRead(to, target, (await to.describe(target)) ?? before) : undefined;
  if (!reads) await load(to, target, loadedPartitions(described), described.partitions.length);
  let comparison: CollectionComparison | undefined;
  if (move.compare !== "nothing") {
    const moved = (await to.describe(target)) ?? before;
    comparison = await compareCollections({
      ...(from.isHere
        ? {
            here: from,
            nameHere: source,
            describedHere: described,
            there: to,
            nameThere: target,
            describedThere: moved,
          }
        : {
            here: to,
            nameHere: target,
            describedHere: moved,
            there: from,
            nameThere: source,
            describedThere: described,
          }),
      depth: problem === undefined ? move.compare : "nothing",
      remarks: problem === undefined ? [] : [`its rows cannot be read there: ${problem}`],
      subset: move.filter !== "" || move.sample !== undefined,
      omitted: move.changed,
      maxKeys: MAX_KEYS,
      rowsTotal: shown.rows,
      onProgress: move.onProgress,
      signal: move.signal,
    });
  }
  if (reads) await dropOwnIndexes(to, target, (await to.describe(target)) ?? before);
  const names = new Set([...loadedBefore, ...loadedPartitions(described)]);
  const all = new Set([...before.partitions, ...described.partitions].map(({ name }) => name)).size;
  if (reads && problem === undefined && names.size < all) {
    await to.release(target);
    await load(to, target, [...names], all);
  }
  if (isOpenForKeys(planned.adapted) && !isOpenForKeys(described)) await to.dropProperty(target, KEYS_GIVEN);
  return comparison;
}

/** Loads partitions, of which there are `all`. */
async function load(to: Side, target: CollectionName, names: readonly string[], all: number): Promise<void> {
  if (names.length > 0) await to.load(target, names.length === all ? undefined : names);
}

function loadedPartitions({ partitions }: DescribedCollection): readonly string[] {
  return partitions.filter(({ loaded }) => loaded).map(({ name }) => name);
}

/** A field has one index, whose name not every server keeps; one of JSON may have several, which go by their names. */
function isSameIndex(a: IndexDescription, b: IndexDescription, { description }: DescribedCollection): boolean {
  const type = description.fields.find(({ name }) => name === b.fieldName)?.type;
  return a.fieldName === b.fieldName && (type !== "JSON" || a.indexName === b.indexName);
}

/** Whether rows may bring keys that the store would make. */
function isOpenForKeys({ description }: Pick<DescribedCollection, "description">): boolean {
  return description.properties.some(({ key }) => key === KEYS_GIVEN);
}
