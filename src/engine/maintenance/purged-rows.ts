import { ownTurn } from "../entities/row-slices.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";

/** Rows of a collection that are gone, whose vectors are to be purged, while others remove more and the vectors go. */
export class PurgedRows {
  readonly #known = new Set<number>();
  readonly #entries: () => readonly number[];
  readonly #rowsOf: (entry: number) => string | undefined;
  readonly #state: () => string;
  #readAt = "";

  constructor(sql: Connection, collectionId: number) {
    const entries = prepare<[number], number>(sql, "SELECT id FROM purges WHERE collection_id=?").pluck();
    const rows = prepare<[number, number], string>(
      sql,
      "SELECT row_ids FROM purges WHERE id=? AND collection_id=?",
    ).pluck();
    const others = prepare<[], number>(sql, "PRAGMA data_version").pluck();
    const own = prepare<[], number>(sql, "SELECT total_changes()").pluck();
    this.#entries = () => entries.all(collectionId);
    this.#rowsOf = (entry) => rows.get(entry, collectionId);
    this.#state = () => `${others.get()} ${own.get()}`;
  }

  /** Reads what is noted now. The event loop runs meanwhile. */
  async read(): Promise<void> {
    this.#readAt = this.#state();
    for (const entry of this.#entries()) {
      this.#learn(entry);
      await ownTurn();
    }
  }

  /** How many of these rows are not noted: those that were not when it was read are looked for again, if there were writes since. */
  countOthers(rowIds: readonly number[]): number {
    const others = rowIds.filter((id) => !this.#known.has(id));
    const state = this.#state();
    if (others.length === 0 || state === this.#readAt) return others.length;
    this.#readAt = state;
    for (const entry of this.#entries()) this.#learn(entry);
    return others.filter((id) => !this.#known.has(id)).length;
  }

  #learn(entry: number): void {
    const text = this.#rowsOf(entry) ?? "[]";
    for (const id of JSON.parse(text) as readonly number[]) this.#known.add(id);
  }
}
