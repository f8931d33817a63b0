import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { translate } from "../../src/adapters/kit/filter.js";
import { jsonOperand } from "../../src/adapters/kit/operand.js";
import { Elanus } from "../../src/index.js";
import { fulfils } from "./reference-filter.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 150);

const text = fc.oneof(
  fc.constantFrom("", "a", "ab", "b%", "_", '"', "\\", "\n", "é", "😀", "😀a", "^a", "a.b"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const scalar = fc.oneof(text, fc.constantFrom(-1.5, 0, 1, 2, 1e21, 2 ** 53 - 1), fc.boolean());
const step = fc.constantFrom("a", "b", 'c"', "d e");
const value = fc.oneof(
  scalar,
  fc.constant(null),
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(step, scalar, { maxKeys: 2 }),
);
const metadata = fc.dictionary(step, value, { maxKeys: 4 });
const list = fc.array(fc.oneof(scalar, fc.constant(null)), { maxLength: 3 });
const listed = fc.array(scalar, { maxLength: 3 });
const regex = fc.constantFrom("^a", "b%$", "^a$", "a", "", "a|b", "^.$", "\\\\", "[^a]", "^a.*b$", "\\^a");

const operators = fc.oneof(
  fc.record({ $eq: fc.oneof(scalar, fc.constant(null)) }),
  fc.record({ $ne: fc.oneof(scalar, fc.constant(null)) }),
  fc.record(
    { $gt: fc.oneof(text, fc.constantFrom(0, 1)), $lte: fc.oneof(text, fc.constantFrom(1, 2)) },
    { requiredKeys: ["$gt"] },
  ),
  fc.record({ $in: list }),
  fc.record({ $nin: list }),
  fc.record({ $all: listed }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $contains: scalar }),
  fc.record({ $regex: regex }),
);
const condition = fc.oneof(
  scalar,
  fc.constant(null),
  list,
  operators,
  operators.map(($not) => ({ $not })),
  fc.dictionary(step, operators, { minKeys: 1, maxKeys: 2 }),
);
const path = fc.oneof(
  step,
  fc.tuple(step, step).map((steps) => steps.join(".")),
);
const { filter } = fc.letrec((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.dictionary(path, condition, { minKeys: 1, maxKeys: 2 }),
    fc.record({ $and: fc.array(tie("filter"), { maxLength: 2 }) }),
    fc.record({ $or: fc.array(tie("filter"), { maxLength: 2 }) }),
    fc.record({ $nor: fc.array(tie("filter"), { maxLength: 2 }) }),
    fc.record({ $not: tie("filter") }),
  ),
}));

/** Of an object no filter can say what type it is: it fulfils no comparison, and no opposite of one. */
const isPlain = (row: object): boolean =>
  !Object.values(row).some((each) => typeof each === "object" && each !== null && !Array.isArray(each));

describe("filters of the frameworks", () => {
  it("mean in the language of Milvus what they mean as objects", async () => {
    const db = await Elanus.open(":memory:");
    const fields = [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "metadata", dataType: "JSON" },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    ];
    const indexParams = [{ fieldName: "vector", indexName: "vector", metricType: "L2" }];
    await db.collections.create({ collectionName: "rows", schema: { fields }, indexParams });
    await fc.assert(
      fc.asyncProperty(
        fc.array(metadata.filter(isPlain), { minLength: 1, maxLength: 12 }),
        filter,
        async (rows, given) => {
          const data = rows.map((row, id) => ({ id, metadata: row, vector: [0, 0] }));
          await db.entities.delete({ collectionName: "rows", filter: "id >= 0" });
          await db.entities.insert({ collectionName: "rows", data });
          const written = translate(given, (steps) => jsonOperand("metadata", steps), "id in []");
          const found = await db.entities.query({
            collectionName: "rows",
            filter: written,
            limit: 100,
            outputFields: ["id"],
          });
          const expected = data.filter((row) => fulfils(row.metadata, given)).map(({ id }) => id);
          expect([written, found.map(({ id }) => id)]).toEqual([written, expected]);
        },
      ),
      { numRuns: RUNS },
    );
    await db.close();
  });
});
