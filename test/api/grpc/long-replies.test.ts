import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeColumn } from "../../../src/api/grpc/columns/write-column.js";
import {
  decode,
  encode,
  encodeFrame,
  encodeLongLists,
  type MessageName,
  type Sent,
} from "../../../src/api/grpc/messages/table.js";
import type { StoredColumn } from "../../../src/engine/contract/column.js";
import { turnsOf } from "../../support/turns.js";
import { unframed } from "./grpc-client.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 10);
const UTC = { timeZone: undefined, parts: undefined };

/** A reply that was written in slices, read again. */
async function inSlices<Name extends MessageName>(name: Name, message: Sent<Name>) {
  const shorter = (await encodeLongLists(name, message)) as Sent<Name>;
  return decode(name, unframed(Buffer.concat(encodeFrame(name, shorter))));
}

const column = (type: string, values: readonly unknown[], more: object = {}): StoredColumn =>
  ({ name: "f", type, fieldId: 101, primaryKey: false, values, ...more }) as StoredColumn;

const stored: Readonly<Record<string, readonly [fc.Arbitrary<unknown>, object?]>> = {
  Int64: [fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
  VarChar: [fc.string({ unit: "grapheme", maxLength: 40 })],
  JSON: [fc.json({ maxDepth: 1 })],
  Bool: [fc.nat(1)],
  Int32: [fc.integer()],
  Double: [fc.double({ noNaN: true })],
  Timestamptz: [fc.integer({ min: 0, max: 2 ** 50 })],
  Array: [fc.array(fc.integer(), { maxLength: 3 }).map((row) => JSON.stringify(row)), { elementType: "Int32" }],
};

describe("long replies", () => {
  it.each(Object.entries(stored))("a long column of %s is the same in parts", async (type, [value, more]) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(value), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 20_000 }),
        async (some, rows) => {
          const values = Array.from({ length: rows }, (_, i) => some[i % some.length] ?? null);
          const field = writeColumn(column(type, values, { nullable: true, ...more }), UTC);
          const reply: Sent<"QueryResults"> = { collection_name: "c", fields_data: [field], output_fields: ["f"] };
          expect(await inSlices("QueryResults", reply)).toEqual(decode("QueryResults", encode("QueryResults", reply)));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("long lists of a search: hits of many queries, keys, groups", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => i);
    const results: Sent<"SearchResultData"> = {
      num_queries: 10_000,
      topks: many.map(() => 1),
      scores: Float32Array.from(many),
      ids: { str_id: { data: many.map(String) } },
      fields_data: [writeColumn(column("VarChar", many.map(String)), UTC)],
      group_by_field_value: writeColumn(column("Int64", many), UTC),
    };
    const reply: Sent<"SearchResults"> = { results, collection_name: "c" };
    expect(await inSlices("SearchResults", reply)).toEqual(decode("SearchResults", encode("SearchResults", reply)));
  });

  it("short ones are written at once", () => {
    const reply = { fields_data: [writeColumn(column("VarChar", ["a"]), UTC)] };
    expect(encodeLongLists("QueryResults", reply)).toBe(reply);
  });

  it("let the event loop run while they are written", async () => {
    const values = Array.from({ length: 200_000 }, (_, i) => `{"number":${i}}`);
    const field = writeColumn(column("JSON", values), UTC);
    const { turns } = await turnsOf(() => encodeLongLists("QueryResults", { fields_data: [field] }));
    expect(turns).toBeGreaterThan(2);
  });

  it("vectors travel from where they lie, without a copy", () => {
    const data = new Float32Array(100_000).fill(0.5);
    const vectors = { dim: 4, float_vector: { data } };
    const parts = encodeFrame("QueryResults", { fields_data: [{ type: 101, vectors }], collection_name: "c" });
    expect(parts.some(({ buffer }) => buffer === data.buffer)).toBe(true);
    const reply = decode("QueryResults", unframed(Buffer.concat(parts)));
    expect(reply.fields_data[0]?.vectors?.float_vector?.data).toEqual(data);
  });
});
