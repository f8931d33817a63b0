import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { parseJson } from "../../src/values/json-reader.js";

/** Random schemas and rows: what REST prints from the columns reads as the rows that the typed calls build from them. */

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("", '"', "\\", "{", "\u2028", "null"),
);
const long = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.integer().map(BigInt),
  fc.constantFrom(2n ** 53n, -(2n ** 53n) - 1n),
);
const float = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0.1, -0, 1e-7, 16777216));
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" }),
  fc.record({ big: long, list: fc.array(long, { maxLength: 3 }) }),
  fc.constant({ ["__proto__"]: 1, constructor: "x" }),
);

/** A type as it is declared, and its values. */
const TYPES = [
  [{ dataType: "Bool" }, fc.boolean()],
  [{ dataType: "Int8" }, fc.integer({ min: -128, max: 127 })],
  [{ dataType: "Int64" }, long],
  [{ dataType: "Float" }, float],
  [{ dataType: "Double" }, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [{ dataType: "VarChar", elementTypeParams: { max_length: 100 } }, text],
  // As a whole value null counts as absent.
  [{ dataType: "JSON" }, json.filter((value) => value !== null)],
  [
    { dataType: "Array", elementDataType: "Int64", elementTypeParams: { max_capacity: 8 } },
    fc.array(long, { maxLength: 4 }),
  ],
  [
    { dataType: "Array", elementDataType: "Float", elementTypeParams: { max_capacity: 8 } },
    fc.array(float, { maxLength: 4 }),
  ],
  [
    { dataType: "Array", elementDataType: "Bool", elementTypeParams: { max_capacity: 8 } },
    fc.array(fc.boolean(), { maxLength: 4 }),
  ],
  [
    { dataType: "Array", elementDataType: "VarChar", elementTypeParams: { max_capacity: 8, max_length: 100 } },
    fc.array(text, { maxLength: 4 }),
  ],
  [
    { dataType: "Timestamptz" },
    fc
      .date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true })
      .map((d) => d.toISOString()),
  ],
  [{ dataType: "Geometry" }, fc.tuple(fc.integer(), fc.integer()).map(([x, y]) => `POINT (${x} ${y})`)],
] as const;

const vector = fc.array(float, { minLength: 3, maxLength: 3 });
const dynamicKey = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }),
  fc.constantFrom("id", "distance", "__proto__", "a b", '"', "f", "0"),
);

const table = fc
  .record({
    dynamic: fc.boolean(),
    textKey: fc.boolean(),
    fields: fc.array(fc.record({ type: fc.nat({ max: TYPES.length - 1 }), nullable: fc.boolean() }), { maxLength: 5 }),
  })
  .chain((schema) => {
    const columns = schema.fields.map(({ type, nullable }) => {
      const value = TYPES[type]?.[1] as fc.Arbitrary<unknown>;
      return nullable ? fc.option(value) : value;
    });
    const key = schema.textKey ? fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) : long;
    const more = schema.dynamic ? fc.dictionary(dynamicKey, json, { maxKeys: 3 }) : fc.constant({});
    const row = fc.record({ key, vector, columns: fc.tuple(...columns), more });
    return fc.record({
      schema: fc.constant(schema),
      rows: fc.uniqueArray(row, { maxLength: 6, selector: (r) => String(r.key) }),
    });
  });

/** Everything a number can hide behind: `-0`, bigint, and key order. */
function normal(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : value;
  if (Array.isArray(value)) return value.map(normal);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, normal(item)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Int64 values of a row as decimal strings. */
function int64AsText(row: Readonly<Record<string, unknown>>, long: ReadonlySet<string>): Record<string, unknown> {
  const asText = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(asText) : value === null || typeof value === "string" ? value : String(value);
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, long.has(key) ? asText(value) : value]));
}

describe("rows of a result", () => {
  it("are the same on every surface", async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ schema, rows }) => {
        const db = await Elanus.open(":memory:");
        try {
          const named = schema.fields.map(({ type, nullable }, i) => ({
            fieldName: `f${i}`,
            ...(TYPES[type] as (typeof TYPES)[number])[0],
            nullable,
          }));
          await db.collections.create({
            collectionName: "c",
            schema: {
              enableDynamicField: schema.dynamic,
              fields: [
                schema.textKey
                  ? { fieldName: "key", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 100 } }
                  : { fieldName: "key", dataType: "Int64", isPrimary: true },
                { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 3 } },
                ...named,
              ],
            },
            indexParams: [{ fieldName: "vector", metricType: "L2" }],
          });
          const data = rows.map(({ key, vector, columns, more }) => {
            const entries = [...Object.entries(more), ["key", key], ["vector", vector]] as [string, unknown][];
            for (const [i, value] of columns.entries()) entries.push([`f${i}`, value]);
            return Object.fromEntries(entries);
          });
          if (data.length > 0) await db.entities.insert({ collectionName: "c", data });

          const long = new Set([
            "id",
            ...named
              .filter((f) => [f.dataType, "elementDataType" in f && f.elementDataType].includes("Int64"))
              .map((f) => f.fieldName),
          ]);
          if (schema.textKey) long.delete("id");
          else long.add("key");
          const asked = { collectionName: "c", limit: 100, outputFields: ["*"] };
          const calls = {
            query: [{ ...asked, filter: "" }, await db.entities.query({ ...asked, filter: "" })],
            search: [{ ...asked, data: [[0, 0, 1]] }, await db.entities.search({ ...asked, data: [[0, 0, 1]] })],
          } as const;
          for (const [action, [body, typed]] of Object.entries(calls)) {
            const path = `/v2/vectordb/entities/${action}`;
            const fetched = async (headers: Record<string, string>): Promise<unknown> => {
              const request = { method: "POST", headers, body: JSON.stringify(body) };
              const response = await db.fetch(`http://elanus${path}`, request);
              return (parseJson(await response.text(), "number") as { data: unknown }).data;
            };
            const shown = typed as readonly Readonly<Record<string, unknown>>[];
            // A dynamic key may be called like a field of a hit; it is no Int64 field.
            const longHere = action === "query" ? new Set([...long].filter((key) => key !== "id")) : long;
            const strings = shown.map((row) => int64AsText(row, longHere));
            expect(normal(await fetched({}))).toEqual(normal(shown));
            expect(normal(await fetched({ "accept-type-allow-int64": "false" }))).toEqual(normal(strings));
            const called = await db.request(path, body, { headers: { "accept-type-allow-int64": "false" } });
            expect(normal(called.data)).toEqual(normal(strings));
          }
        } finally {
          await db.close();
        }
      }),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 150) },
    );
  });
});
