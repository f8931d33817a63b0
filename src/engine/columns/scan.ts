import type { ColumnLeaf, ColumnTest } from "../../expr/index.js";
import { BITS_BYTES, type Column } from "./column.js";
import type { ColumnMemory } from "./column-memory.js";
import { type Between, HOW, type How, type Listed } from "./kernel.js";
import { type Ends, integerEnds, numberEnds } from "./limits.js";
import { listOfNumbers, type NumberList } from "./number-list.js";

/** Does one test over the rows of a chunk. */
type Step = (chunk: number, words: number, out: number, how: How) => void;

/**
 * Looks at characters of texts that are asked one by one, for all tests of a filter: some milliseconds. Where it is more, SQL does as well,
 * and can be stopped.
 */
const MOST_LOOKS = 2_000_000;
/** What asking a text costs beside its characters. */
const LOOKS_PER_TEXT = 20;

const ALL = -1;

/** A test made ready to be run over chunks. Its blocks are given back by `end`. */
export class Scan {
  readonly #memory: ColumnMemory;
  readonly #columns: ReadonlyMap<string, Column>;
  readonly #taken: (readonly [address: number, bytes: number])[] = [];
  readonly #step: Step | undefined;
  #looks = 0;

  constructor(memory: ColumnMemory, columns: ReadonlyMap<string, Column>, test: ColumnTest) {
    this.#memory = memory;
    this.#columns = columns;
    this.#step = this.#prepare(test);
  }

  /** Undefined where the columns are of no use for the test. */
  get step(): Step | undefined {
    return this.#step;
  }

  end(): void {
    for (const [address, bytes] of this.#taken) this.#memory.give(address, bytes);
    this.#taken.length = 0;
  }

  #take(bytes: number): number {
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(bytes, 64)));
    const address = this.#memory.take(rounded);
    if (address !== 0) this.#taken.push([address, rounded]);
    return address;
  }

  #prepare(test: ColumnTest): Step | undefined {
    const { kernel } = this.#memory;
    switch (test.kind) {
      case "constant": {
        const word = test.value ? ALL : 0;
        return (_, words, out, how) => kernel.constant(words, word, 0, out, how);
      }
      case "and":
      case "or":
        return this.#connected(test.tests, test.kind === "and" ? HOW.and : HOW.or);
      default:
        return this.#leaf(test);
    }
  }

  #connected(tests: readonly ColumnTest[], joint: How): Step | undefined {
    const steps: Step[] = [];
    for (const test of tests) {
      const step = this.#prepare(test);
      if (step === undefined) return undefined;
      steps.push(step);
    }
    const [first, ...others] = steps as [Step, ...Step[]];
    const apart: Step = (chunk, words, out) => {
      first(chunk, words, out, HOW.set);
      for (const step of others) step(chunk, words, out, joint);
    };
    const between = this.#take(BITS_BYTES);
    if (between === 0) return undefined;
    const { kernel } = this.#memory;
    return (chunk, words, out, how) => {
      if (how === HOW.set) apart(chunk, words, out, how);
      else if (how === joint) for (const step of steps) step(chunk, words, out, how);
      else {
        apart(chunk, words, between, HOW.set);
        kernel.copied(between, words, 0, out, how);
      }
    };
  }

  #leaf(test: ColumnLeaf): Step | undefined {
    const column = this.#columns.get(test.source.key);
    if (column === undefined) return undefined;
    const flip = test.negated ? ALL : 0;
    const { kernel } = this.#memory;
    switch (test.kind) {
      case "present":
        return (chunk, words, out, how) => kernel.copied(column.bitsOf(chunk), words, flip, out, how);
      case "between":
        return this.#between(column, test, flip);
      case "among":
        return this.#among(column, listOfNumbers(test.values, column.source.holds), flip);
      case "texts": {
        const codes = test.values.flatMap((text) => column.dictionary?.find(text) ?? []);
        return this.#among(column, listOfNumbers(codes, "int32"), flip);
      }
      case "textTest": {
        const texts = column.dictionary?.texts ?? [];
        const looks = (column.dictionary?.characters ?? 0) * test.cost + texts.length * LOOKS_PER_TEXT;
        this.#looks += looks;
        if (this.#looks > MOST_LOOKS) return undefined;
        const codes: number[] = [];
        for (let code = 0; code < texts.length; code++) if (test.matches(texts[code] as string)) codes.push(code);
        return this.#among(column, listOfNumbers(codes, "int32"), flip);
      }
    }
  }

  #between(column: Column, { low, high }: Extract<ColumnLeaf, { kind: "between" }>, flip: number): Step {
    const { kernel } = this.#memory;
    switch (column.source.holds) {
      case "int64":
        return ranged(column, integerEnds(low, high, 64), flip, kernel.betweenI64);
      case "float32":
        return ranged(column, numberEnds(low, high, 32), flip, kernel.betweenF32);
      case "float64": {
        const wide = ranged(column, numberEnds(low, high, 64), flip, kernel.betweenF64);
        const narrow = ranged(column, numberEnds(low, high, 32), flip, kernel.betweenF32);
        return byWidth(column, narrow, wide);
      }
      default: {
        const ends = integerEnds(low, high, 32);
        // The kernel counts from `low`: an empty range is none for it.
        if (ends.low > ends.high) return this.#none(column, flip);
        const numbers = { low: Number(ends.low), high: Number(ends.high) };
        return ranged(column, numbers, flip, kernel.betweenI32);
      }
    }
  }

  /** FALSE for each value. */
  #none(column: Column, flip: number): Step {
    const { kernel } = this.#memory;
    return (chunk, words, out, how) => kernel.constant(words, flip, column.validOf(chunk), out, how);
  }

  #among(column: Column, list: NumberList, flip: number): Step | undefined {
    const { kernel } = this.#memory;
    switch (list.kind) {
      case "none":
        return this.#none(column, flip);
      case "one": {
        const limit = { value: list.value, inclusive: true };
        const { source } = column;
        return this.#between(column, { kind: "between", source, low: limit, high: limit, negated: false }, flip);
      }
      case "bytes":
      case "bits": {
        const { base, size } = list;
        const bytes = list.kind === "bytes" ? size + 1 : Math.ceil((size + 1) / 32) * 4;
        const table = this.#take(bytes);
        if (table === 0) return undefined;
        kernel.clear(table, bytes);
        markNumbers(new Uint8Array(this.#memory.buffer, table, bytes), list);
        if (column.source.holds === "int64") {
          const test = list.kind === "bytes" ? kernel.listedI64 : kernel.markedI64;
          return looked(column, test, BigInt(base), table, size, flip);
        }
        return looked(column, list.kind === "bytes" ? kernel.listedI32 : kernel.markedI32, base, table, size, flip);
      }
      case "set": {
        const bits = Math.ceil(Math.log2(list.values.length * 2 + 2));
        // Eight bytes for a slot, and eight marks.
        const set = this.#take(16 << bits);
        const values = this.#take(list.values.byteLength);
        if (set === 0 || values === 0) return undefined;
        const bytes = new Uint8Array(list.values.buffer, list.values.byteOffset, list.values.byteLength);
        new Uint8Array(this.#memory.buffer, values, bytes.length).set(bytes);
        const hasFree = kernel.fillSet(set, bits, values, list.values.length, list.code);
        const among =
          (test: typeof kernel.inSetI32): Step =>
          (chunk, words, out, how) =>
            test(column.valuesOf(chunk), words, set, bits, hasFree, flip, column.validOf(chunk), out, how);
        const step = among(kernel[list.test]);
        return list.test === "inSetF64" ? byWidth(column, among(kernel.inSetF32), step) : step;
      }
    }
  }
}

/** Values from `low` to `high`. */
function ranged<T extends number | bigint>(
  column: Column,
  { low, high }: Ends<T>,
  flip: number,
  between: (...of: Between<T>) => void,
): Step {
  return (chunk, words, out, how) =>
    between(column.valuesOf(chunk), words, low, high, flip, column.validOf(chunk), out, how);
}

/** Values that are found in a table. */
function looked<T extends number | bigint>(
  column: Column,
  test: (...of: Listed<T>) => void,
  base: T,
  table: number,
  size: number,
  flip: number,
): Step {
  return (chunk, words, out, how) =>
    test(column.valuesOf(chunk), words, base, table, size, flip, column.validOf(chunk), out, how);
}

/** One of two tests, as doubles lie in a chunk in 32 bits or in 64. */
function byWidth(column: Column, narrow: Step, wide: Step): Step {
  return (chunk, words, out, how) => (column.kindOf(chunk) === "float32" ? narrow : wide)(chunk, words, out, how);
}

/** Marks the numbers of a list in an empty table. */
function markNumbers(
  table: Uint8Array,
  { kind, base, size, values }: Extract<NumberList, { readonly base: number }>,
): void {
  for (let i = 0; i < values.length; i++) {
    const place = (values[i] as number) - base;
    if (place < 0 || place >= size) continue;
    if (kind === "bytes") table[place] = 1;
    else table[place >>> 3] = (table[place >>> 3] as number) | (1 << (place & 7));
  }
}
