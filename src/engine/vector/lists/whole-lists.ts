import type { Part } from "../part.js";
import { rowOfElement } from "./element-ids.js";
import type { PartLists } from "./list-distances.js";

/** So many vectors are looked at in a millisecond. */
const STEP = 65_536;

interface Known {
  /** Of the part, that were looked at. */
  rows: number;
  /** One per list, those that have gone among them, and where its vectors begin. */
  readonly rowIds: number[];
  readonly starts: number[];
  /** Those that were there at a moment. */
  living: { readonly rows: number; readonly tombstones: number; readonly lists: PartLists } | undefined;
}

/** The lists that whole parts hold. What has come is looked at once; a list goes with all of its vectors. */
export class WholeLists {
  readonly #parts = new WeakMap<Part, Known>();

  of(part: Part): PartLists {
    while (this.follow(part));
    const known = this.#known(part);
    const { rows, tombstones } = part;
    if (known.living?.rows !== rows || known.living.tombstones !== tombstones) {
      known.living = { rows, tombstones, lists: livingAmong(part, known) };
    }
    return known.living.lists;
  }

  /** Looks at some of the vectors that have come. @returns whether there are more */
  follow(part: Part): boolean {
    const known = this.#known(part);
    const { rowIds, starts } = known;
    const end = Math.min(part.rows, known.rows + STEP);
    let last = rowIds.at(-1);
    for (let i = known.rows; i < end; i++) {
      const rowId = rowOfElement(part.ids[i] as number);
      if (rowId === last) continue;
      last = rowId;
      rowIds.push(rowId);
      starts.push(i);
    }
    known.rows = end;
    return end < part.rows;
  }

  #known(part: Part): Known {
    let known = this.#parts.get(part);
    if (known === undefined) {
      known = { rows: 0, rowIds: [], starts: [], living: undefined };
      this.#parts.set(part, known);
    }
    return known;
  }
}

function livingAmong(part: Part, { rows, rowIds, starts }: Known): PartLists {
  if (part.tombstones === 0) return { ordinals: countedTo(rows), rowIds: [...rowIds], starts: [...starts, rows] };
  const ordinals = new Uint32Array(rows);
  const all = countedTo(rows);
  const living: number[] = [];
  const begins: number[] = [];
  let n = 0;
  /** Where the vectors begin that are there and not yet among the ordinals. */
  let from = 0;
  const take = (end: number): void => {
    ordinals.set(all.subarray(from, end), n);
    n += end - from;
  };
  for (const [list, first] of starts.entries()) {
    if (part.isRemoved(first)) {
      take(first);
      from = starts[list + 1] ?? rows;
    } else {
      living.push(rowIds[list] as number);
      begins.push(n + first - from);
    }
  }
  take(rows);
  begins.push(n);
  return { ordinals: ordinals.subarray(0, n), rowIds: living, starts: begins };
}

let counted = new Uint32Array(0);

/** 0, 1, 2 and so on; the same memory for all who want them. */
function countedTo(end: number): Uint32Array {
  if (counted.length < end) {
    const before = counted.length;
    const more = new Uint32Array(Math.max(end, 2 * before));
    more.set(counted);
    for (let i = before; i < more.length; i++) more[i] = i;
    counted = more;
  }
  return counted.subarray(0, end);
}
