import type { EntityData } from "../../engine/contract/reply.js";
import { Slices } from "../../values/slices.js";
import { areBareHits, bareHitsText } from "./bare-hits-text.js";
import { type Row, rowObjects } from "./row-objects.js";
import { rowText } from "./row-text.js";
import type { Int64Form } from "./show-value.js";

/** Rows after which the clock is looked at. */
const ROWS_PER_LOOK = 16;
/** Bare hits that are printed at once. */
const BARE_HITS = 1024;

/** The rows of a result, printed once it is known in which form: JSON text on the wire, objects in process. */
export class LazyRows {
  readonly #data: EntityData;
  readonly #int64: Int64Form;

  constructor(data: EntityData, int64: Int64Form) {
    this.#data = data;
    this.#int64 = int64;
  }

  get count(): number {
    return rowCountOf(this.#data);
  }

  /** The JSON text of the rows, of one or of several at a time with commas between. */
  *texts(): Generator<string> {
    const data = this.#data;
    const { count } = this;
    if ("topks" in data && areBareHits(data)) {
      for (let row = 0; row < count; row += BARE_HITS) {
        yield bareHitsText(data, this.#int64, row, Math.min(row + BARE_HITS, count));
      }
      return;
    }
    const text = rowText(data, this.#int64);
    for (let row = 0; row < count; row++) yield text(row);
  }

  /** The rows as objects; a promise where there are so many that the event loop must come round between. */
  objects(): Row[] | Promise<Row[]> {
    return plainRows(this.#data, this.#int64);
  }
}

/** How many rows a result has. */
function rowCountOf(data: EntityData): number {
  if ("topks" in data) return data.ids.length;
  return data.elements?.reduce((sum, positions) => sum + positions.length, 0) ?? data.rowCount;
}

/** The rows of a result as objects; a promise where there are so many that the event loop must come round between. */
export function plainRows(data: EntityData, int64: Int64Form): Row[] | Promise<Row[]> {
  const count = rowCountOf(data);
  const object = rowObjects(data, int64);
  const rows: Row[] = [];
  if (count <= ROWS_PER_LOOK) {
    for (let row = 0; row < count; row++) rows.push(object(row));
    return rows;
  }
  const slices = new Slices();
  const goOn = (): Row[] | Promise<Row[]> => {
    while (rows.length < count) {
      rows.push(object(rows.length));
      if (rows.length % ROWS_PER_LOOK === 0 && slices.over) return slices.next().then(goOn);
    }
    return rows;
  };
  return goOn();
}
