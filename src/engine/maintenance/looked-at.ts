import type { EngineContext } from "../context.js";
import { inRowSlices, ownTurn } from "../entities/row-slices.js";
import type { Collection } from "../model/collection.js";

/** The schema has changed while a collection was looked at: it is looked at anew. */
export class SchemaChanged extends Error {}

/** A range of row ids, as a condition of SQL; its parameters are `after` and `upTo`. */
export const IN_SLICE = "row_id > ? AND row_id <= ?";

/** Looks at the rows of a collection's tables in slices, between which the event loop runs and others write. */
export class LookedAt {
  readonly collection: Collection;
  readonly #ctx: EngineContext;

  constructor(ctx: EngineContext, collection: Collection) {
    this.#ctx = ctx;
    this.collection = collection;
  }

  /** @param look goes on while it does not answer `false` @throws SchemaChanged */
  async each(table: string, look: (after: number, upTo: number) => unknown): Promise<void> {
    const last = this.#ctx.sql.prepare<[], number | null>(`SELECT max(row_id) FROM ${table}`).pluck().get() ?? 0;
    let goesOn = true;
    await inRowSlices(
      last,
      (after, upTo) => {
        goesOn = look(after, upTo) !== false;
      },
      async () => {
        await ownTurn();
        this.#still();
        return goesOn;
      },
    );
  }

  /** How many rows a condition holds for. @throws SchemaChanged */
  async count(table: string, condition: string): Promise<number> {
    let found = 0;
    const statement = this.#ctx.sql
      .prepare<[number, number], number>(`SELECT count(*) FROM ${table} WHERE ${IN_SLICE} AND ${condition}`)
      .pluck();
    await this.each(table, (after, upTo) => {
      found += statement.get(after, upTo) as number;
    });
    return found;
  }

  #still(): void {
    const now = this.#ctx.catalog.byId(this.collection.id);
    const same = (a: Collection) => a.schemaVersion === this.collection.schemaVersion;
    if (now === undefined || !same(now)) throw new SchemaChanged();
  }
}
