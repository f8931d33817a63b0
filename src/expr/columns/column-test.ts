import type { SqlFragment } from "../sql/fragment.js";

/**
 * A filter as tests of single columns. In columns that lie in memory such a test is a scan over packed values; what cannot be said
 * in this form is left to SQL. `not` is gone: three-valued logic lets it sink to the leaves, where `negated` asks for the
 * rows in which the test is FALSE. So no place needs UNKNOWN apart from FALSE.
 */
export type ColumnTest =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and" | "or"; readonly tests: readonly ColumnTest[] }
  | ColumnLeaf;

export type ColumnLeaf =
  /** There is a value; never UNKNOWN. */
  | { readonly kind: "present"; readonly source: ColumnSource; readonly negated: boolean }
  | {
      readonly kind: "between";
      readonly source: ColumnSource;
      readonly low?: Limit | undefined;
      readonly high?: Limit | undefined;
      readonly negated: boolean;
    }
  /** One of these numbers. */
  | {
      readonly kind: "among";
      readonly source: ColumnSource;
      readonly values: Numbers;
      readonly negated: boolean;
    }
  | {
      readonly kind: "texts";
      readonly source: ColumnSource;
      readonly values: readonly string[];
      readonly negated: boolean;
    }
  /** What is asked of each text once. */
  | {
      readonly kind: "textTest";
      readonly source: ColumnSource;
      readonly matches: (text: string) => boolean;
      /** What it costs for a character, in looks at it. */
      readonly cost: number;
      readonly negated: boolean;
    };

export interface Limit {
  readonly value: bigint | number;
  readonly inclusive: boolean;
}

/** Numbers of a list: where it was read at once, exact integers. */
export type Numbers = Float64Array | readonly (bigint | number)[];

/** Values of rows that can be kept as a column. */
export interface ColumnSource {
  /** Names it among those of its table. */
  readonly key: string;
  /** Brings the value of a row; NULL where the row has none of this kind. */
  readonly sql: SqlFragment;
  readonly holds: ColumnKind;
  /** What it may cost to bring one, in plain comparisons: it may have to be looked for in a long text. */
  readonly cost: number;
}

/** Integers and numbers of that many bits, texts, or only whether there is a value (SQL: 1 or not). */
export type ColumnKind = "int32" | "int64" | "float32" | "float64" | "text" | "presence";

/** A test of more leaves is left to SQL. */
const MOST_LEAVES = 256;

export function countLeaves(test: ColumnTest): number {
  if (test.kind === "constant") return 0;
  if (test.kind !== "and" && test.kind !== "or") return 1;
  return test.tests.reduce((sum, each) => sum + countLeaves(each), 0);
}

/** The sources that a test looks at. */
export function sourcesOf(test: ColumnTest): readonly ColumnSource[] {
  const found = new Map<string, ColumnSource>();
  const look = (each: ColumnTest): void => {
    switch (each.kind) {
      case "constant":
        return;
      case "and":
      case "or":
        each.tests.forEach(look);
        return;
      default:
        found.set(each.source.key, each.source);
    }
  };
  look(test);
  return [...found.values()];
}

/** Joins tests; what is said of one column is said at once where that is shorter. Undefined: one is left to SQL, or they are too many. */
export function connect(kind: "and" | "or", tests: readonly (ColumnTest | undefined)[]): ColumnTest | undefined {
  const flat: ColumnTest[] = [];
  for (const test of tests) {
    if (test === undefined) return undefined;
    if (test.kind === kind) flat.push(...test.tests);
    else if (test.kind !== "constant") flat.push(test);
    else if (test.value === (kind === "or")) return test;
  }
  const merged = mergeLists(kind === "and" ? mergeRanges(flat) : flat, kind === "and");
  const [only] = merged;
  if (only === undefined) return { kind: "constant", value: kind === "and" };
  const joined: ColumnTest = merged.length === 1 ? only : { kind, tests: merged };
  return countLeaves(joined) > MOST_LEAVES ? undefined : joined;
}

type Between = Extract<ColumnLeaf, { readonly kind: "between" }>;

/** `a > 1 and a < 5` is one range. */
function mergeRanges(tests: readonly ColumnTest[]): ColumnTest[] {
  const open = new Map<string, number>();
  const merged: ColumnTest[] = [];
  for (const test of tests) {
    const at = test.kind === "between" && !test.negated ? open.get(test.source.key) : undefined;
    const before = at === undefined ? undefined : (merged[at] as Between);
    if (test.kind === "between" && before !== undefined && at !== undefined) {
      const { low = test.low, high = test.high } = before;
      const isOverlaid = before.low !== undefined && test.low !== undefined;
      if (!isOverlaid && (before.high === undefined || test.high === undefined)) {
        merged[at] = { ...before, low, high };
        continue;
      }
    }
    if (test.kind === "between" && !test.negated) open.set(test.source.key, merged.length);
    merged.push(test);
  }
  return merged;
}

/** `a == 1 or a == 2` is a list, `a != 1 and a != 2` the opposite of one. */
function mergeLists(tests: readonly ColumnTest[], negated: boolean): ColumnTest[] {
  const lists = new Map<string, { readonly at: number; readonly values: (bigint | number | string)[] }>();
  const merged: ColumnTest[] = [];
  for (const test of tests) {
    if ((test.kind !== "among" && test.kind !== "texts") || test.negated !== negated) {
      merged.push(test);
      continue;
    }
    const list = lists.get(test.source.key);
    if (list === undefined) {
      lists.set(test.source.key, { at: merged.length, values: [...test.values] });
      merged.push(test);
    } else {
      for (const value of test.values) list.values.push(value);
      merged[list.at] = { ...(merged[list.at] as ColumnTest), values: list.values } as ColumnTest;
    }
  }
  return merged;
}
