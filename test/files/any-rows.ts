import fc from "fast-check";
import type { Elanus } from "../../src/index.js";

/** Schemas of all types, and rows that fit them. */

interface FieldKind {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly value: fc.Arbitrary<unknown>;
  readonly nullable?: boolean;
  /** Its metric, where it is a vector. */
  readonly metric?: string;
}

const integer = (bits: number) => fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n });
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom('"', "a,b", "\r\n", "\n", "\\N", " ", '""', "\ufeff", "null", "'", "\\", '\\"', "}", "[{"),
);
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const half = fc.constantFrom(0, -0, 1, -1, 0.5, 0.1, 65504, 6e-8, 1 / 3, -2.25);
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null),
  fc.constantFrom<unknown>(9007199254740993n, { a: [9007199254740993n, { b: 1.5 }] }, "1", "{}", "[1", [], ""),
);
const list = (item: fc.Arbitrary<unknown>, length: number) => fc.array(item, { minLength: length, maxLength: length });
const array = (elementDataType: string, item: fc.Arbitrary<unknown>): FieldKind => ({
  definition: {
    dataType: "Array",
    elementDataType,
    elementTypeParams: { max_capacity: 4, ...(elementDataType === "VarChar" ? { max_length: 200 } : {}) },
  },
  value: fc.array(item, { maxLength: 4 }),
  nullable: true,
});
const scalar = (dataType: string, value: fc.Arbitrary<unknown>, elementTypeParams?: object): FieldKind => ({
  definition: { dataType, ...(elementTypeParams === undefined ? {} : { elementTypeParams }) },
  value,
  nullable: true,
});
const vector = (dataType: string, value: fc.Arbitrary<unknown>, metric: string, dim?: number): FieldKind => ({
  definition: { dataType, ...(dim === undefined ? {} : { elementTypeParams: { dim } }) },
  value,
  metric,
  nullable: true,
});

const KINDS: readonly FieldKind[] = [
  scalar("Bool", fc.boolean()),
  scalar("Int8", integer(8)),
  scalar("Int16", integer(16)),
  scalar("Int32", integer(32)),
  scalar("Int64", integer(64)),
  scalar("Float", float),
  scalar("Double", fc.double({ noNaN: true, noDefaultInfinity: true })),
  scalar("VarChar", text, { max_length: 400 }),
  scalar("JSON", json),
  scalar("Timestamptz", fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true })),
  scalar("Geometry", fc.constantFrom("POINT (1 2)", "LINESTRING (0 0, 1 1.5, 2 3)")),
  array("Bool", fc.boolean()),
  array("Int8", integer(8)),
  array("Int32", integer(32)),
  array("Int64", integer(64)),
  array("Float", float),
  array("Double", fc.double({ noNaN: true, noDefaultInfinity: true })),
  array("VarChar", text),
  vector("FloatVector", list(float, 3), "L2", 3),
  vector("Float16Vector", list(half, 3), "L2", 3),
  vector("BFloat16Vector", list(half, 3), "L2", 3),
  vector("Int8Vector", list(fc.integer({ min: -128, max: 127 }), 3), "L2", 3),
  vector("BinaryVector", list(fc.integer({ min: 0, max: 255 }), 2), "HAMMING", 16),
  vector(
    "SparseFloatVector",
    fc.dictionary(fc.nat(4_000_000_000).map(String), fc.float({ min: 0, noNaN: true, max: 100 }), { maxKeys: 4 }),
    "IP",
  ),
];

export interface AnyRows {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly indexParams: readonly object[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const dynamic = fc.dictionary(
  fc.constantFrom("x", "y", "ä", '"', "a b"),
  fc.oneof(fc.integer(), text, fc.constantFrom<unknown>(1.5, true, [1, "2"], { z: 1 }, 9007199254740993n)),
  { maxKeys: 3, noNullPrototype: true },
);

/** @param nullableText whether texts may be null: CSV cannot tell a null from an empty text with its default form */
export function anyRows({ structs = true } = {}): fc.Arbitrary<AnyRows> {
  const drawn = fc.uniqueArray(fc.nat(KINDS.length - 1), { maxLength: 6 });
  return fc
    .record({
      kinds: drawn,
      nullable: fc.boolean(),
      keyIsText: fc.boolean(),
      isDynamic: fc.boolean(),
      struct: fc.boolean(),
    })
    .chain(({ kinds, nullable, keyIsText, isDynamic, struct }) => {
      const fields = kinds.map((kind, i) => ({ name: `f${i}`, kind: KINDS[kind] as FieldKind }));
      const key = keyIsText ? text.filter((id) => id.trim() !== "") : integer(64);
      const values: Record<string, fc.Arbitrary<unknown>> = { id: key, v: list(float, 2) };
      for (const { name, kind } of fields) {
        values[name] = nullable && kind.nullable === true ? fc.option(kind.value, { freq: 3 }) : kind.value;
      }
      const hasStruct = struct && structs;
      if (hasStruct)
        values["s"] = fc.array(fc.record({ n: integer(64), t: text, e: list(float, 2) }), { maxLength: 3 });
      const named = fc.record(values);
      const row = isDynamic ? fc.tuple(named, dynamic).map(([a, b]) => ({ ...b, ...a })) : named;
      const e = { dataType: "FloatVector", elementTypeParams: { dim: 2 } };
      const schema = {
        enableDynamicField: isDynamic,
        fields: [
          keyIsText
            ? { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 400 } }
            : { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", ...e },
          ...fields.map(({ name, kind }) => ({
            fieldName: name,
            ...kind.definition,
            ...(nullable && kind.nullable === true ? { nullable: true } : {}),
          })),
        ],
        ...(hasStruct
          ? {
              structFields: [
                {
                  fieldName: "s",
                  typeParams: { max_capacity: 3 },
                  fields: [
                    { fieldName: "n", dataType: "Int64" },
                    { fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 400 } },
                    { fieldName: "e", ...e },
                  ],
                },
              ],
            }
          : {}),
      };
      const indexParams = [
        { fieldName: "v", indexName: "v", metricType: "L2" },
        ...fields.flatMap(({ name, kind }) =>
          kind.metric === undefined ? [] : [{ fieldName: name, indexName: name, metricType: kind.metric }],
        ),
        ...(hasStruct ? [{ fieldName: "s[e]", indexName: "s", metricType: "MAX_SIM_COSINE" }] : []),
      ];
      const idOf = ({ id }: Record<string, unknown>) => String(id);
      return fc
        .uniqueArray(row, { selector: idOf, maxLength: 12 })
        .map((rows): AnyRows => ({ schema, indexParams, rows }));
    });
}

/** Makes a collection for rows. */
export async function createFor(db: Elanus, collectionName: string, { schema, indexParams }: AnyRows): Promise<void> {
  await db.collections.create({ collectionName, schema, indexParams } as never);
}

/** All rows of a collection, by key. */
export function rowsOf(db: Elanus, collectionName: string): Promise<readonly unknown[]> {
  return db.entities.query({ collectionName, filter: "", limit: 16_000, outputFields: ["*"] });
}
