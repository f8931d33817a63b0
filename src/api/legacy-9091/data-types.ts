/** The numbers of field types in the wire protocol. */
const NAMES: Readonly<Record<number, string>> = {
  1: "Bool",
  2: "Int8",
  3: "Int16",
  4: "Int32",
  5: "Int64",
  10: "Float",
  11: "Double",
  20: "String",
  21: "VarChar",
  22: "Array",
  23: "JSON",
  24: "Geometry",
  26: "Timestamptz",
  100: "BinaryVector",
  101: "FloatVector",
  102: "Float16Vector",
  103: "BFloat16Vector",
  104: "SparseFloatVector",
  105: "Int8Vector",
};
const NUMBERS = new Map(Object.entries(NAMES).map(([number, name]) => [name, Number(number)]));

/** The name of a type; a number without one becomes its text, which the engine refuses with its own message. */
export function typeName(number: number): string {
  return NAMES[number] ?? String(number);
}

/** 0 (none) for a name the protocol does not know. */
export function typeNumber(name: string): number {
  return NUMBERS.get(name) ?? 0;
}

/** Consistency levels in the order of their numbers. */
export const CONSISTENCY_LEVELS: readonly string[] = ["Strong", "Session", "Bounded", "Eventually", "Customized"];

/** Index states as numbers. */
export const INDEX_STATES: Readonly<Record<string, number>> = {
  Unissued: 1,
  InProgress: 2,
  Finished: 3,
  Failed: 4,
  Retry: 5,
};
