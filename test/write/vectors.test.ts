import { describe, expect, it } from "vitest";
import type { InputColumn } from "../../src/engine/contract/column.js";
import { createEngine } from "../../src/engine/create-engine.js";
import { pickVectors, type RowVectors } from "../../src/engine/entities/batch.js";
import { ColumnReader } from "../../src/engine/entities/read-columns.js";
import { checkTables } from "../../src/engine/maintenance/check-tables.js";
import { LookedAt } from "../../src/engine/maintenance/looked-at.js";
import type { Collection } from "../../src/engine/model/collection.js";
import type { VectorType } from "../../src/engine/model/data-type.js";
import { vectorType } from "../../src/engine/model/types/table.js";
import { type NewField, readField } from "../../src/engine/model/validate-fields.js";
import { openDatabase } from "../../src/engine/storage/open-database.js";
import { EmbeddedTexts } from "../../src/engine/write/embedded-texts.js";
import { insert, upsert } from "../../src/engine/write/write-path.js";

const TYPES: readonly (readonly [name: string, type: VectorType, dim?: string])[] = [
  ["float", "FloatVector", "2"],
  ["half", "Float16Vector", "2"],
  ["brain", "BFloat16Vector", "2"],
  ["byte", "Int8Vector", "2"],
  ["bits", "BinaryVector", "16"],
  ["sparse", "SparseFloatVector"],
];

/** A collection with a field of every vector type, whether or not there is a kernel for it, all of them nullable. */
function open() {
  const { ctx, shutDown } = createEngine(openDatabase(":memory:", { readonly: false, durability: "off" }), {});
  const id = readField({ fieldName: "id", dataType: "Int64", isPrimary: true });
  const fields = TYPES.map(
    ([name, type, dim]): NewField => ({
      ...readField({ fieldName: name, dataType: "Int8", nullable: true }),
      type,
      params: dim === undefined ? {} : { dim },
    }),
  );
  const collection = ctx.transaction(() => {
    const made = ctx.catalog.createCollection({
      databaseId: 1,
      name: "c",
      description: "",
      schema: { fields: [id, ...fields], structs: [], functions: [], dynamic: false },
      shardsNum: 1,
      consistencyLevel: "Bounded",
      properties: {},
      partitionNames: ["_default"],
    } as never);
    ctx.entities.createTables(made);
    return made;
  });
  const read = () => {
    const reader = new ColumnReader(ctx.entities.table(collection), {
      fields: collection.schema.fields,
      dynamicKeys: undefined,
    });
    reader.addSelected({}, [], 100, 0);
    return reader.columns();
  };
  return { ctx, collection, read, shutDown };
}

/** What a column shows, row by row. */
function shown(columns: ReturnType<ReturnType<typeof open>["read"]>, name: string): string[] {
  const column = columns.find((c) => c.name === name);
  if (column === undefined) throw new Error(name);
  const type = vectorType(column.type);
  const { values, valid } = column;
  if (type.family === "list") throw new Error(name);
  if (type.family === "sparse") {
    return (values as readonly (Uint8Array | null)[]).map((row) => (row === null ? "null" : type.codec.json(row)));
  }
  const bytes = values as Uint8Array;
  const size = type.bytesPerVector(column.dimension as number);
  return Array.from({ length: bytes.length / size }, (_, row) =>
    valid?.[row] === 0 ? "null" : type.codec.json(bytes.subarray(row * size, (row + 1) * size)),
  );
}

const rows = [
  { id: 1, float: [1, 2], half: [1, 2], brain: [1, 2], byte: [1, -2], bits: "D/A=", sparse: { 5: 0.5, 1: 1 } },
  { id: 2, float: [3, 4], bits: null, sparse: {} },
  { id: 3, half: "AEAARA==", brain: "AEBAQA==", byte: "BQY=", bits: [255, 0], sparse: null },
];
const expected = {
  float: ["[1,2]", "[3,4]", "null"],
  half: ['"ADwAQA=="', "null", '"AEAARA=="'],
  brain: ['"gD8AQA=="', "null", '"AEBAQA=="'],
  byte: ['"Af4="', "null", '"BQY="'],
  bits: ['"D/A="', "null", '"/wA="'],
  sparse: ['{"1":1,"5":0.5}', "{}", "null"],
};

async function expectStored(
  engine: ReturnType<typeof open>,
  wanted: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const columns = engine.read();
  for (const [name] of TYPES) expect(shown(columns, name), name).toEqual(wanted[name]);
  expect(await checkTables(engine.ctx, new LookedAt(engine.ctx, engine.collection))).toEqual([]);
}

/** The stored rows as the columns of an insert. */
function columnsOf(engine: ReturnType<typeof open>): InputColumn[] {
  return engine.read().map(({ name, type, dimension, values, valid }) => ({
    name,
    type,
    values,
    ...(dimension === undefined ? {} : { dimension }),
    ...(valid === undefined ? {} : { valid }),
  }));
}

describe("vectors of every type", () => {
  it("are written by row, null where a row has none", async () => {
    const engine = open();
    insert(
      engine.ctx,
      { collection: engine.collection, partitionName: undefined, embedded: new EmbeddedTexts() },
      { rows },
    );
    await expectStored(engine, expected);
    await engine.shutDown();
  });

  it("are written by column as they were read", async () => {
    const [from, to] = [open(), open()];
    insert(
      from.ctx,
      { collection: from.collection, partitionName: undefined, embedded: new EmbeddedTexts() },
      { rows },
    );
    const columns = { rowCount: 3, columns: columnsOf(from) };
    insert(to.ctx, { collection: to.collection, partitionName: undefined, embedded: new EmbeddedTexts() }, { columns });
    await expectStored(to, expected);
    await Promise.all([from.shutDown(), to.shutDown()]);
  });

  it("stay in a partial upsert that does not name them", async () => {
    const engine = open();
    const target = { collection: engine.collection, partitionName: undefined, embedded: new EmbeddedTexts() };
    insert(engine.ctx, target, { rows });
    upsert(
      engine.ctx,
      target,
      {
        rows: [
          { id: 1, float: null },
          { id: 2, sparse: { 9: 9 } },
          { id: 3, float: [5, 6] },
        ],
      },
      true,
    );
    await expectStored(engine, {
      ...expected,
      float: ["null", "[3,4]", "[5,6]"],
      sparse: ['{"1":1,"5":0.5}', '{"9":9}', "null"],
    });
    const sparse: InputColumn = {
      name: "sparse",
      type: "SparseFloatVector",
      values: [null, Buffer.from("0200000000000040" + "0100000000000040", "hex")],
    };
    const columns = { rowCount: 2, columns: [{ name: "id", type: "Int64", values: [1, 3] } as InputColumn, sparse] };
    upsert(engine.ctx, target, { columns }, true);
    await expectStored(engine, {
      ...expected,
      float: ["null", "[3,4]", "[5,6]"],
      sparse: ["null", '{"9":9}', '{"1":2,"2":2}'],
    });
    await engine.shutDown();
  });

  it("go to segments without the rows that have none", () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const vectors = (picked: ReturnType<typeof pickVectors>) => ({
      rowIds: [...picked.rowIds],
      vectors: Array.isArray(picked.vectors)
        ? picked.vectors.map((v: Uint8Array) => [...v])
        : [...(picked.vectors as Uint8Array)],
    });
    expect(vectors(pickVectors({ bytes, size: 2 }, [7, 8, 9], [0, 1, 2]))).toEqual({
      rowIds: [7, 8, 9],
      vectors: [1, 2, 3, 4, 5, 6],
    });
    expect(vectors(pickVectors({ bytes, size: 2 }, [7, 9], [0, 2]))).toEqual({
      rowIds: [7, 9],
      vectors: [
        [1, 2],
        [5, 6],
      ],
    });
    const sparse: RowVectors = { rows: [new Uint8Array([1]), null, new Uint8Array([])] };
    expect(vectors(pickVectors(sparse, [8, 9], [1, 2]))).toEqual({ rowIds: [9], vectors: [[]] });
  });

  it("that are damaged are found", async () => {
    const engine = open();
    const { ctx, collection } = engine;
    insert(ctx, { collection, partitionName: undefined, embedded: new EmbeddedTexts() }, { rows });
    const damage = (name: string, hex: string) => {
      const field = (collection as Collection).schema.fields.find((f) => f.name === name);
      ctx.sql.prepare(`UPDATE v_${collection.id}_${field?.id} SET data=x'${hex}' WHERE row_id=1`).run();
    };
    damage("half", "007c0000");
    damage("byte", "01");
    damage("sparse", "05000000000000000100000000000000");
    expect(await checkTables(ctx, new LookedAt(ctx, collection))).toEqual([
      "vector of row 1 in half holds a value that is no finite number",
      "vector of row 1 in byte is 1 bytes long, not 2",
      "vector of row 1 in sparse is not in order",
    ]);
    await engine.shutDown();
  });
});
