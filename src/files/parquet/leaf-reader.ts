import type { SchemaTree } from "hyparquet";
import { FileFault } from "../file-fault.js";
import type { LeafPages, Page } from "./leaf-pages.js";

/** The levels of a leaf: what the numbers beside its values mean. */
export interface LeafLevels {
  /** Of an entry with a value. */
  readonly value: number;
  /** Of an entry that is an element of the first list, of the second one inside of it, and so on. */
  readonly elements: readonly number[];
}

/** @param path from the column down to the leaf */
export function levelsOf(path: readonly SchemaTree[]): LeafLevels {
  let value = 0;
  const elements: number[] = [];
  for (const { element } of path) {
    if (element.repetition_type !== "REQUIRED") value++;
    if (element.repetition_type === "REPEATED") elements.push(value);
  }
  return { value, elements };
}

/** Takes some rows at a time out of the pages of a leaf. */
export class LeafReader {
  readonly levels: LeafLevels;
  readonly #pages: LeafPages;
  #page: Page | undefined;
  #entry = 0;
  #value = 0;

  constructor(pages: LeafPages, levels: LeafLevels) {
    this.#pages = pages;
    this.levels = levels;
  }

  /** The next rows. @throws FileFault when there are fewer */
  async take(rows: number): Promise<Page> {
    const pieces: Page[] = [];
    let left = rows;
    let open = false;
    for (;;) {
      if (this.#page === undefined || this.#entry === this.#page.count) {
        this.#page = await this.#pages.next();
        this.#entry = 0;
        this.#value = 0;
        if (this.#page === undefined) {
          if (left > 0) throw new FileFault("is damaged: a column has fewer rows than the file");
          return joined(pieces, this.levels.value);
        }
      }
      const { repetition, count } = this.#page;
      // A list may go on in the next page.
      if (left === 0 && (!open || repetition === undefined || repetition[this.#entry] === 0))
        return joined(pieces, this.levels.value);
      let to = this.#entry;
      if (repetition === undefined) {
        to = Math.min(count, to + left);
        left -= to - this.#entry;
      } else {
        for (; to < count; to++) {
          if (repetition[to] !== 0) continue;
          if (left === 0) break;
          left--;
        }
      }
      open = repetition !== undefined && to === count;
      pieces.push(this.#piece(this.#page, to));
      if (left === 0 && !open) return joined(pieces, this.levels.value);
    }
  }

  #piece(page: Page, to: number): Page {
    const from = this.#entry;
    const { definition, repetition, values } = page;
    let there = to - from;
    if (definition !== undefined) {
      there = 0;
      for (let i = from; i < to; i++) if (definition[i] === this.levels.value) there++;
    }
    const piece: Page = {
      count: to - from,
      repetition: repetition && part(repetition, from, to),
      definition: definition && part(definition, from, to),
      values: part(values, this.#value, this.#value + there),
    };
    this.#entry = to;
    this.#value += there;
    return piece;
  }
}

type Sliced<T> = ArrayLike<T> & { slice(from: number, to: number): ArrayLike<T> };

function part<T>(list: ArrayLike<T>, from: number, to: number): ArrayLike<T> {
  if (from === 0 && to === list.length) return list;
  return ArrayBuffer.isView(list)
    ? (list as unknown as { subarray(from: number, to: number): ArrayLike<T> }).subarray(from, to)
    : (list as Sliced<T>).slice(from, to);
}

/** @param value the level of an entry with a value */
function joined(pieces: readonly Page[], value: number): Page {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const levels = (name: "repetition" | "definition", level: number): readonly number[] | undefined =>
    pieces.every((piece) => piece[name] === undefined)
      ? undefined
      : pieces.flatMap((piece) => Array.from(piece[name] ?? new Array<number>(piece.count).fill(level)));
  return {
    count: pieces.reduce((sum, { count }) => sum + count, 0),
    repetition: levels("repetition", 0),
    // A piece without levels has a value in each entry.
    definition: levels("definition", value),
    values: joinedValues(pieces.map(({ values }) => values)),
  };
}

function joinedValues(lists: readonly ArrayLike<unknown>[]): ArrayLike<unknown> {
  const [first] = lists;
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  if (first instanceof Float32Array && lists.every((list) => list instanceof Float32Array || list.length === 0)) {
    const whole = new Float32Array(length);
    let at = 0;
    for (const list of lists) {
      whole.set(list as Float32Array, at);
      at += list.length;
    }
    return whole;
  }
  return lists.flatMap((list) => Array.from(list));
}
