import type { Connection } from "./driver.js";
import { prepare } from "./statements.js";

/**
 * What readers beside the writer need to follow it without reading everything again. New rows need no log, their ids are
 * higher than all before; rows that went away are named here, as many as are kept.
 */
export interface ChangeLog {
  /** Notes rows of a collection that are gone, or that all of them are. Call inside the transaction that removes them. */
  removed(collectionId: number, rowIds: readonly number[] | "all"): void;
  /** The same log, written by another connection. */
  over(sql: Connection): ChangeLog;
}

/** Row ids that the log keeps; a reader that is further behind reads its partitions anew. */
const KEPT_IDS = 200_000;
/** What an entry counts beside its ids: its place in the table. */
const ENTRY_COST = 4;
/** Entries between two looks at what may go. */
const TRIM_EVERY = 64;
const TOO_MANY = "many";
const ALL = "all";

/** The log of a file; databases in memory have no readers beside them. */
export function openChangeLog(sql: Connection): ChangeLog {
  const state: LogState = {
    total: prepare<[], number>(sql, "SELECT total FROM removals ORDER BY seq DESC LIMIT 1").pluck().get() ?? 0,
    entries: 0,
  };
  return logOver(sql, state);
}

interface LogState {
  /** Counts entries that were undone too: it only says which may go. */
  total: number;
  entries: number;
}

function logOver(sql: Connection, state: LogState): ChangeLog {
  const add = prepare<[number, string, number]>(
    sql,
    "INSERT INTO removals (collection_id, row_ids, total) VALUES (?, ?, ?)",
  );
  // The last entry stays: the numbers of later ones go on from it.
  const trim = prepare<[number]>(sql, "DELETE FROM removals WHERE total < ? AND seq < (SELECT max(seq) FROM removals)");
  return {
    removed(collectionId, rowIds) {
      if (rowIds.length === 0) return;
      const named = rowIds === "all" || rowIds.length > KEPT_IDS ? 0 : rowIds.length;
      const text = rowIds === "all" ? ALL : named === 0 ? TOO_MANY : JSON.stringify(rowIds);
      state.total += named + ENTRY_COST;
      add.run(collectionId, text, state.total);
      state.entries++;
      if (state.entries % TRIM_EVERY === 0 || named > KEPT_IDS / 4) trim.run(state.total - KEPT_IDS);
    },
    over: (other) => logOver(other, state),
  };
}

export const NO_CHANGE_LOG: ChangeLog = { removed() {}, over: () => NO_CHANGE_LOG };

/** What happened to the rows of one collection since a reader last looked. */
export interface CollectionChanges {
  /** There may be rows with higher ids than before. */
  readonly grown: boolean;
  /** `cleared`: all rows of then are gone; `unknown`: more than the log can tell. */
  readonly lost: "named" | "cleared" | "unknown";
  /** Rows that are gone besides. */
  readonly rowIds: readonly number[];
}

export interface Changes {
  /** The tables about collections have changed. */
  readonly catalogue: boolean;
  /** By collection id; those without are as they were. */
  readonly collections: ReadonlyMap<number, CollectionChanges>;
}

interface Entry {
  readonly seq: number;
  readonly collection_id: number;
  readonly row_ids: string;
}

/** Reads what a writer has done since it was last asked. */
export class ChangeReader {
  readonly #catalogue;
  readonly #nextRows;
  readonly #entries;
  readonly #oldest;
  #knownCatalogue: number;
  #knownRows: ReadonlyMap<number, number>;
  #knownSeq: number;

  /** From here on. */
  constructor(sql: Connection) {
    this.#catalogue = prepare<[], number>(sql, "SELECT value FROM counters WHERE name = 'catalogue'").pluck();
    this.#nextRows = prepare<[], { id: number; next_row_id: number }>(sql, "SELECT id, next_row_id FROM collections");
    this.#entries = prepare<[number], Entry>(
      sql,
      "SELECT seq, collection_id, row_ids FROM removals WHERE seq > ? ORDER BY seq",
    );
    this.#oldest = prepare<[], number | null>(sql, "SELECT min(seq) FROM removals").pluck();
    this.#knownCatalogue = this.#readCatalogue();
    this.#knownRows = this.#readNextRows();
    this.#knownSeq = this.#entries.all(0).at(-1)?.seq ?? 0;
  }

  next(): Changes {
    const catalogue = this.#readCatalogue();
    const rows = this.#readNextRows();
    const trimmed = (this.#oldest.get() ?? 0) > this.#knownSeq + 1;
    const collections = new Map<number, { grown: boolean; lost: CollectionChanges["lost"]; rowIds: number[] }>();
    for (const [id, next] of rows) {
      const grown = this.#knownRows.get(id) !== next;
      if (grown || trimmed) collections.set(id, { grown, lost: trimmed ? "unknown" : "named", rowIds: [] });
    }
    for (const { seq, collection_id: id, row_ids: text } of this.#entries.all(this.#knownSeq)) {
      this.#knownSeq = seq;
      let changes = collections.get(id);
      if (changes === undefined) {
        changes = { grown: false, lost: "named", rowIds: [] };
        collections.set(id, changes);
      }
      if (text === TOO_MANY) changes.lost = "unknown";
      else if (text !== ALL) for (const rowId of JSON.parse(text) as number[]) changes.rowIds.push(rowId);
      else if (changes.lost === "named") changes.lost = "cleared";
    }
    const result = { catalogue: catalogue !== this.#knownCatalogue, collections };
    this.#knownCatalogue = catalogue;
    this.#knownRows = rows;
    return result;
  }

  #readCatalogue(): number {
    return this.#catalogue.get() as number;
  }

  #readNextRows(): ReadonlyMap<number, number> {
    return new Map(this.#nextRows.all().map((row) => [row.id, row.next_row_id]));
  }
}
