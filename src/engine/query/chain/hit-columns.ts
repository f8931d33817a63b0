import type { StoredValue } from "../../contract/column.js";
import type { EntityTable } from "../../entities/entity-table.js";
import type { GroupKey } from "../group-key.js";
import { pickHits, type RankedHits } from "../ranked-hits.js";

/** One value per hit; null where there is none. */
export type Column = readonly StoredValue[];

/** A column: by name the key, the score and what has been computed; else what the rows themselves hold. */
export type ColumnSource = string | GroupKey;

export const SCORE_COLUMN = "$score";
export const KEY_COLUMN = "$id";

/** The hits of one query as a table: what a chain of operations reads and writes. Never changes: each operation makes a new one. */
export class HitColumns {
  readonly table: EntityTable;
  readonly #hits: RankedHits;
  readonly #computed: ReadonlyMap<string, Column>;
  /** What the rows hold, by where they hold it: much of it may be asked for in several places. */
  readonly #read = new Map<string, Column>();

  private constructor(table: EntityTable, hits: RankedHits, computed: ReadonlyMap<string, Column>) {
    this.table = table;
    this.#hits = hits;
    this.#computed = computed;
  }

  static of(table: EntityTable, hits: RankedHits): HitColumns {
    const scores = hits.scores.map((score) => (Number.isNaN(score) ? null : score));
    return new HitColumns(table, hits, new Map([[SCORE_COLUMN, scores]]));
  }

  get rowIds(): readonly number[] {
    return this.#hits.rowIds;
  }

  column(source: ColumnSource): Column {
    if (typeof source !== "string") return this.#valuesOf(source);
    if (source === KEY_COLUMN) return this.#hits.keys;
    const column = this.#computed.get(source);
    if (column === undefined) throw new Error(`no column ${source}`);
    return column;
  }

  #valuesOf(source: GroupKey): Column {
    const place = source.column ?? `path ${source.head.name}`;
    let column = this.#read.get(place);
    if (column === undefined) {
      column = source.valuesOf(this.table, this.rowIds);
      this.#read.set(place, column);
    }
    return column;
  }

  with(name: string, column: Column): HitColumns {
    return new HitColumns(this.table, this.#hits, new Map(this.#computed).set(name, column));
  }

  /** The hits at some positions, in their order. */
  at(positions: readonly number[]): HitColumns {
    const picked = (column: Column) => positions.map((i) => column[i] as StoredValue);
    const computed = new Map([...this.#computed].map(([name, column]) => [name, picked(column)]));
    return new HitColumns(this.table, pickHits(this.#hits, positions), computed);
  }

  /** The hits with the scores that they have come to. */
  hits(): RankedHits {
    const scores = this.column(SCORE_COLUMN).map((score) => (score === null ? Number.NaN : (score as number)));
    return { ...this.#hits, scores };
  }
}
