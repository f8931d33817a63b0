import { describe, expect, it } from "vitest";
import { fieldsOf } from "../../src/adapters/kit/collection-fields.js";
import { type Filter, translate } from "../../src/adapters/kit/filter.js";
import { Elanus } from "../../src/index.js";
import { atEnd } from "../support/served.js";

const FOUND: readonly (readonly [Filter, readonly number[]])[] = [
  [{ numbers: { $in: [1, 3] } }, [1, 2]],
  [{ numbers: [3] }, [2]],
  [{ numbers: { $nin: [1] } }, [2, 3]],
  [{ numbers: { $all: [1, 2] } }, [1]],
  [{ numbers: { $contains: 3 } }, [2]],
  [{ numbers: { $size: 2 } }, [1]],
  [{ numbers: null }, [3]],
  [{ word: { $in: ["x", null] } }, [1, 2]],
  [{ word: { $nin: ["x", null] } }, [3]],
  [{ word: { $ne: "x" } }, [2, 3]],
  [{ word: { $not: { $regex: "^x" } } }, [2, 3]],
  [{ word: { $contains: "y" } }, [3]],
  [{ extra: { deep: 1 } }, [2]],
  [{ $and: [{ id: { $gt: 1 } }, { $or: [{ word: "y" }, { extra: { $exists: true } }] }] }, [2, 3]],
];

describe("a filter as an object, in a collection with fields of its own", () => {
  const opened = async (enableDynamicField: boolean) => {
    const db = await Elanus.open(":memory:");
    atEnd(() => db.close());
    const fields = [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      {
        fieldName: "numbers",
        dataType: "Array",
        elementDataType: "Int32",
        nullable: true,
        elementTypeParams: { max_capacity: 5 },
      },
      { fieldName: "word", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 5 } },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    ] as const;
    const indexParams = [{ fieldName: "vector", indexName: "vector", metricType: "L2" }] as const;
    await db.collections.create({ collectionName: "rows", schema: { enableDynamicField, fields }, indexParams });
    const written = fieldsOf(await db.collections.describe({ collectionName: "rows" }));
    return { db, text: (filter: Filter) => translate(filter, written, "id in []") };
  };

  it("knows lists, texts and what is kept beside the fields", async () => {
    const { db, text } = await opened(true);
    const data = [
      { id: 1, vector: [0, 1], numbers: [1, 2], word: "x" },
      { id: 2, vector: [0, 1], numbers: [3], word: null, extra: { deep: 1 } },
      { id: 3, vector: [0, 1], numbers: null, word: "y" },
    ];
    await db.entities.insert({ collectionName: "rows", data });
    for (const [filter, expected] of FOUND) {
      const rows = await db.entities.query({ collectionName: "rows", filter: text(filter), outputFields: ["id"] });
      expect([filter, rows.map(({ id }) => id)]).toEqual([filter, expected]);
    }
  });

  it("refuses fields that are not there, and parts of those that have none", async () => {
    const { text } = await opened(false);
    expect(() => text({ other: 1 })).toThrow('rows has no field "other"');
    expect(() => text({ "word.part": 1 })).toThrow("the field word has no parts");
  });
});
