import type { Elanus } from "../../src/index.js";

/** The collection of the contract's examples: rows 0 to 5, their vectors on a line, their prices with a null. */
export const collectionName = "a";

const PRICES = [0, 2, 4, null, 3, 0];

export const rows = PRICES.map((price, id) => ({ id, v: [id, 0], price, cat: id % 2 === 0 ? "y" : "x" }));

/** @param fields besides those of the examples @param more of the schema */
export async function createExample(db: Elanus, fields: readonly object[] = [], more: object = {}): Promise<void> {
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "price", dataType: "Int64", nullable: true },
        { fieldName: "cat", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 10 } },
        ...fields,
      ],
      ...more,
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
  });
}
