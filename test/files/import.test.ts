import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError, type TransferProgress } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "book" };
const V = { dataType: "FloatVector", elementTypeParams: { dim: 2 } };

let db: Elanus;
let folder: string;

beforeEach(async () => {
  const path = temporaryPath();
  folder = dirname(path);
  db = await Elanus.open(path);
});
afterEach(() => db.close());

async function create(
  fields: readonly object[] = [],
  more: object = {},
  key: object = {},
  indexes: readonly object[] = [],
): Promise<void> {
  await db.collections.create({
    ...C,
    schema: {
      fields: [{ fieldName: "id", dataType: "Int64", isPrimary: true, ...key }, { fieldName: "v", ...V }, ...fields],
      ...more,
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }, ...indexes],
  } as never);
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function rows(filter = ""): Promise<Record<string, unknown>[]> {
  return db.entities.query({ ...C, filter, limit: 100, outputFields: ["*"] });
}

/** What an import of a text is refused with, without the path of the file. */
async function refusal(name: string, content: string | Uint8Array, more: object = {}): Promise<string> {
  const from = file(name, content);
  const error = await db.import({ ...C, from, ...more }).catch((reason: unknown) => reason);
  if (!isElanusError(error)) throw new Error(`imported, or ${String(error)}`);
  expect(error.kind).toBe("ImportFailed");
  expect(error.code).toBe(2100);
  expect(await rows()).toEqual([]);
  expect(readdirSync(folder).filter((each) => each.includes("-import-"))).toEqual([]);
  return error.message.replace(`${from}: `, "").replace(": importing data failed", "");
}

describe("what is read", () => {
  it("is a list, an object with rows, lines, and objects without lines; a byte order mark and CRLF do no harm", async () => {
    await create();
    const row = (id: number) => `{"id": ${id}, "v": [1, ${id}]}`;
    const files = [
      file("a.json", `\ufeff [\r\n${row(1)},\r\n${row(2)}\r\n]\r\n`),
      file("b.JSON", `{"Rows": [${row(3)}], "more": {"x": "]}"}}`),
      file("c.ndjson", `${row(4)}\r\n\r\n${row(5)}${row(6)},\n${row(7)}`),
      file("d.csv", `\ufeffv,id\r\n"[1,8]",8\r\n\r\n"[1, 9]",9`),
    ];
    const told: TransferProgress[] = [];
    expect(await db.import({ ...C, from: files, onProgress: (progress) => told.push(progress) })).toEqual({
      rowCount: 9,
    });
    expect(await rows()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => ({ id, v: [1, id] })));
    expect(told.at(-1)).toMatchObject({ rows: 9, bytes: told.at(-1)?.totalBytes });
  });

  it("takes unknown keys into the dynamic field, with what stands in $meta; without one they are left out", async () => {
    await create([], { enableDynamicField: true });
    await db.import({ ...C, from: file("a.json", '[{"id":1,"v":[1,2],"x":1.0,"$meta":{"y":9007199254740993}}]') });
    await db.import({ ...C, from: file("b.csv", 'id,v,x,$meta\n2,"[1,2]",12,"{""y"":[1]}"\n') });
    expect(await rows()).toEqual([
      { id: 1, v: [1, 2], x: 1, y: 9007199254740993n },
      { id: 2, v: [1, 2], x: "12", y: [1] },
    ]);
    expect(await rows("y == 9007199254740993")).toHaveLength(1);
    await db.collections.drop(C);
    await create();
    await db.import({ ...C, from: file("c.json", '[{"id":1,"v":[1,2],"x":1}]') });
    expect(await rows()).toEqual([{ id: 1, v: [1, 2] }]);
  });

  it("fills in defaults and nulls, draws keys, computes what functions make, routes by partition key", async () => {
    await create(
      [
        { fieldName: "d", dataType: "Int32", defaultValue: 7 },
        { fieldName: "n", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 10 } },
        { fieldName: "p", dataType: "VarChar", isPartitionKey: true, elementTypeParams: { max_length: 10 } },
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: { max_length: 100, enable_analyzer: true },
        },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      {
        functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"], params: {} }],
      },
      { autoId: true },
      [{ fieldName: "words", indexName: "w", metricType: "BM25" }],
    );
    const csv = 'v,d,n,p,text\n"[1,2]",,,a,red fox\n"[1,3]",3,x,b,"grey, wolf"\n';
    await db.import({ ...C, from: file("a.csv", csv) });
    const [first, second] = await rows();
    expect([first, second]).toMatchObject([
      { d: 7, n: null, p: "a", text: "red fox" },
      { d: 3, n: "x", p: "b", text: "grey, wolf" },
    ]);
    expect(first?.["id"]).not.toBe(second?.["id"]);
    const hits = await db.entities.search({ ...C, data: ["wolf"], annsField: "words", limit: 5 });
    expect(hits.map(({ id }) => id)).toEqual([second?.["id"]]);
    expect((await db.check()).problems).toEqual([]);
  });

  it("takes the place of rows with the same keys, the last one of the files wins", async () => {
    await create();
    await db.entities.insert({ ...C, data: [1, 2, 3].map((id) => ({ id, v: [0, id] })) });
    await db.entities.search({ ...C, data: [[0, 1]], limit: 1 });
    const from = file("a.ndjson", '{"id":2,"v":[5,5]}{"id":4,"v":[1,1]}{"id":4,"v":[6,6]}');
    expect(await db.import({ ...C, from: pathToFileURL(from) })).toEqual({ rowCount: 3 });
    expect(await rows()).toEqual([
      { id: 1, v: [0, 1] },
      { id: 2, v: [5, 5] },
      { id: 3, v: [0, 3] },
      { id: 4, v: [6, 6] },
    ]);
    const hits = await db.entities.search({ ...C, data: [[6, 6]], limit: 4 });
    expect(hits.map(({ id }) => id)).toEqual([4, 2, 3, 1]);
    expect((await db.check()).problems).toEqual([]);
  });

  it("may name all keys twice", async () => {
    await create();
    const text = (y: number) => Array.from({ length: 3000 }, (_, id) => `{"id":${id},"v":[${id},${y}]}`).join("\n");
    const from = [file("a.ndjson", text(1)), file("b.ndjson", text(2))];
    expect(await db.import({ ...C, from })).toEqual({ rowCount: 6000 });
    expect(await db.import({ ...C, from })).toEqual({ rowCount: 6000 });
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 3000 });
    expect(await rows("id == 2999")).toEqual([{ id: 2999, v: [2999, 2] }]);
    expect((await db.check()).problems).toEqual([]);
  });

  it("goes into a partition that is named", async () => {
    await create();
    await db.partitions.create({ ...C, partitionName: "p" });
    await db.import({ ...C, partitionName: "p", from: file("a.json", '[{"id":1,"v":[1,2]}]') });
    expect(await db.partitions.getStats({ ...C, partitionName: "p" })).toEqual({ rowCount: 1 });
    await expect(db.import({ ...C, partitionName: "q", from: join(folder, "a.json") })).rejects.toThrow(
      "partition not found",
    );
  });

  it("is nothing where there is no row", async () => {
    await create();
    expect(
      await db.import({ ...C, from: [file("a.json", "[]"), file("b.ndjson", " "), file("c.csv", "id,v\n")] }),
    ).toEqual({ rowCount: 0 });
  });
});

describe("what is refused", () => {
  it("is named with its row and line", async () => {
    await create([{ fieldName: "n", dataType: "Int8" }]);
    const good = '{"id":1,"v":[1,2],"n":1}';
    const after = async (bad: string): Promise<string> => refusal("a.json", `[\n${good},\n${bad}\n]`);
    expect(await after('{"id":2,"v":[1,2]}')).toBe("row 2, line 3: value of field 'n' is missed");
    expect(await after('{"id":2,"v":[1,2,3],"n":1}')).toBe(
      "row 2, line 3: expected dim '2' for field 'v' with type 'FloatVector', got dim '3'",
    );
    expect(await after('{"id":"2","v":[1,2],"n":1}')).toBe(
      "row 2, line 3: expected type 'Int64' for field 'id', got type 'string' with value '2'",
    );
    expect(await after('{"id":2.0,"v":[1,2],"n":1}')).toContain("expected type 'Int64'");
    expect(await after('{"id":2,"v":[1,2],"n":128}')).toBe(
      "row 2, line 3: value '128' of field 'n' is out of range for type 'Int8'",
    );
    expect(await after('{"id":2,"v":[1,1e300],"n":1}')).toContain("row 2, line 3: ");
    expect(await after("[1]")).toBe(
      "row 2, line 3: invalid JSON format, each row should be a key-value map, but got type []interface {}",
    );
    expect(await after('{"id":"')).toBe("row 2, line 4: invalid JSON format, the file ends in the middle");
    expect(await after('{"id":2,}')).toContain("row 2, line 3: invalid JSON format");
  });

  it("is a file that is something else", async () => {
    await create();
    expect(await refusal("a.json", "")).toBe("the file is empty");
    expect(await refusal("a.json", "id,v")).toBe("invalid JSON format, the content should be started with '{' or '['");
    expect(await refusal("a.json", '{"data":[]}')).toBe(
      "invalid JSON format, the root key should be 'rows', but get 'data'",
    );
    expect(await refusal("a.json", '{"rows":5}')).toBe("invalid JSON format, 'rows' should be a list of rows");
    expect(await refusal("a.parquet", "")).toBe("is no whole Parquet file: it has 0 bytes");
    expect(await refusal("a.parquet", "PAR1")).toBe("is no whole Parquet file: it has 4 bytes");
    expect(await refusal("a.json", "[] []")).toContain("something stands behind the rows");
    expect(await refusal("a.json", '[{"id":1,"v":[1,2]} {"id":2,"v":[1,2]}]')).toContain("a comma is missing");
    expect(await refusal("a.json", Buffer.from([0x5b, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x5d]))).toContain(
      "invalid UTF-8",
    );
    expect(await refusal("a.json", Buffer.from("\ufeff[]", "utf16le"))).toContain("UTF-16");
    expect(await refusal("a.csv", "")).toBe("failed to read csv header, error: EOF");
    expect(await refusal("a.csv", "id,w\n")).toBe("line 1: value of field is missed: 'v'");
    expect(await refusal("a.csv", "id,id,v\n")).toBe("line 1: the header names 'id' twice");
    expect(await refusal("a.csv", 'id,v\n1,"[1,2]"\n2,"[1,2]",3\n')).toBe(
      "row 2, line 3: failed to parse row, error: wrong number of fields, 3 where the header has 2",
    );
    expect(await refusal("a.csv", 'id,v\n1,"[1,2]"\n2,[1"\n')).toBe(
      'line 3: failed to parse row, error: bare " in non-quoted field',
    );
    expect(await refusal("a.csv", 'id,v\n1,"[1,2]"\n2,"[1,2]x"y\n')).toContain("line 3: ");
    expect(await refusal("a.csv", 'id,v\n1,"[1,2]\n')).toBe(
      'line 2: failed to parse row, error: the quote of a cell is never closed: extraneous or missing " in quoted-field',
    );
    expect(await refusal("a.csv", 'id,v\nx,"[1,2]"\n')).toBe(
      "row 1, line 2: failed to parse 'x' for field 'id' with type 'Int64'",
    );
    expect(await refusal("a.csv", "id,v\n", { sep: '"' })).toBe('unsupported csv separator: "');
  });

  it("is a row among many, and leaves the collection as it was", async () => {
    await create();
    const lines = Array.from({ length: 20_000 }, (_, id) => `{"id":${id},"v":[1,${id === 19_876 ? '"x"' : 2}]}`);
    expect(await refusal("a.ndjson", lines.join("\n"))).toContain("row 19877, line 19877: ");
    lines[19_876] = lines[0] as string;
    expect(await db.import({ ...C, from: file("a.ndjson", lines.join("\n")) })).toEqual({ rowCount: 20_000 });
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 19_999 });
  });

  it("is told by the write path with the row, too", async () => {
    await create([{ fieldName: "t", dataType: "VarChar", elementTypeParams: { max_length: 3 } }]);
    const row = (id: number) => `{"id":${id},"v":[1,2],"t":"${id === 77 ? "toolong" : "abc"}"}`;
    const text = Array.from({ length: 100 }, (_, id) => row(id)).join("\n");
    expect(await refusal("a.ndjson", text)).toBe(
      "row 78, line 78: length of varchar field t exceeds max length, length: 7, max length: 3: invalid parameter",
    );
  });

  it("is a key where keys are drawn, unless the collection allows it", async () => {
    await create([], {}, { autoId: true });
    const content = '[{"id":5,"v":[1,2]}]';
    expect(await refusal("a.json", content)).toContain("the primary key 'id' is auto-generated, no need to provide");
    await db.collections.alterProperties({ ...C, properties: { allow_insert_auto_id: "true" } });
    await db.import({ ...C, from: file("a.json", content) });
    expect(await rows()).toEqual([{ id: 5, v: [1, 2] }]);
    const exported = join(folder, "out.json");
    await db.export({ ...C, to: exported });
    await db.import({ ...C, from: exported });
    expect(await rows()).toHaveLength(2);
  });

  it("is a file that is not there, a folder, a name without a format", async () => {
    await create();
    await expect(db.import({ ...C, from: join(folder, "no.json") })).rejects.toThrow("no.json: there is no such file");
    mkdirSync(join(folder, "d.json"));
    await expect(db.import({ ...C, from: join(folder, "d.json") })).rejects.toThrow("d.json: is a folder, no file");
    await expect(db.import({ ...C, from: "x.txt" })).rejects.toThrow(
      'the ending of x.txt tells no format: give "format"',
    );
    await expect(db.import({ collectionName: "none", from: "x.csv" })).rejects.toThrow("can't find collection");
    await expect(db.import({ ...C, from: [] })).rejects.toThrow('"from" of import names no file');
    await expect(db.import({ ...C, from: "x.csv", fromat: "csv" } as never)).rejects.toThrow('did you mean "format"');
    await expect(db.import({ from: "x.csv" } as never)).rejects.toThrow('import needs a "collectionName"');
  });

  it("is a database that is only read, and one that forbids writing", async () => {
    await create();
    const from = file("a.json", "[]");
    await db.databases.alterProperties({ dbName: "default", properties: { "database.force.deny.writing": "true" } });
    await expect(db.import({ ...C, from })).rejects.toThrow("disabled by the administrator");
    const reader = await Elanus.open(join(folder, "test.db"), { readonly: true });
    await expect(reader.import({ ...C, from })).rejects.toThrow("opened read-only");
    expect(await reader.export({ ...C, to: join(folder, "out.csv") })).toEqual({ rowCount: 0, bytes: 5 });
    await reader.close();
  });
});

describe("what is under way", () => {
  const many = (count: number): string =>
    Array.from({ length: count }, (_, id) => `{"id":${id},"v":[1,${id}]}`).join("\n");

  it.each([false, true])("can be ended, and leaves nothing (worker: %s)", async (worker) => {
    await create();
    await db.close();
    db = await Elanus.open(join(folder, "test.db"), { worker });
    const stop = new AbortController();
    const from = file("a.ndjson", many(50_000));
    const running = db.import({ ...C, from, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(running).rejects.toMatchObject({ kind: "Aborted", message: "the import was aborted" });
    await db.import({ ...C, from });
    const to = join(folder, "out.csv");
    const again = new AbortController();
    await expect(db.export({ ...C, to, signal: again.signal, onProgress: () => again.abort() })).rejects.toMatchObject({
      kind: "Aborted",
    });
    expect(readdirSync(folder).filter((name) => /out|-import-/.test(name))).toEqual([]);
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 50_000 });
  });

  it("is ended by close", async () => {
    await create();
    const running = db.import({ ...C, from: file("a.ndjson", many(50_000)) });
    const refused = expect(running).rejects.toMatchObject({ kind: "NotReady" });
    await db.close();
    await refused;
    db = await Elanus.open(join(folder, "test.db"));
    expect(await rows()).toEqual([]);
  });

  it("fails when its collection changes meanwhile, and lets others write and search", async () => {
    await create();
    const from = file("a.ndjson", many(20_000));
    const running = db.import({ ...C, from });
    await db.entities.insert({ ...C, data: [{ id: -1, v: [0, 0] }] });
    const nearest = async (limit: number) =>
      (await db.entities.search({ ...C, data: [[0, 0]], limit })).map(({ id }) => id);
    expect(await nearest(5)).toEqual([-1]);
    await running;
    expect(await nearest(3)).toEqual([-1, 0, 1]);
    const second = db.import({ ...C, from });
    const failed = expect(second).rejects.toMatchObject({ kind: "ImportFailed" });
    await db.collections.drop(C);
    await failed;
    expect((await db.check()).problems).toEqual([]);
  });
});

describe("export", () => {
  it("writes chosen rows, and leaves a file that is there", async () => {
    await create([{ fieldName: "t", dataType: "VarChar", nullable: true, elementTypeParams: { max_length: 9 } }]);
    await db.partitions.create({ ...C, partitionName: "p" });
    await db.entities.insert({ ...C, data: [1, 2, 3].map((id) => ({ id, v: [0, id], t: "" })) });
    await db.entities.insert({ ...C, partitionName: "p", data: [4, 5].map((id) => ({ id, v: [0, id] })) });
    const to = join(folder, "out.ndjson");
    expect(await db.export({ ...C, to, filter: "id in [2, 5]" })).toMatchObject({ rowCount: 2 });
    await expect(db.export({ ...C, to })).rejects.toMatchObject({ kind: "FileExists" });
    expect(await db.export({ ...C, to, partitionNames: ["p"], overwrite: true })).toMatchObject({ rowCount: 2 });
    await expect(db.export({ ...C, to, filter: "id ==", overwrite: true })).rejects.toMatchObject({
      kind: "InvalidExpression",
    });
    // An empty text would read as null.
    const csv = join(folder, "out.csv");
    await expect(db.export({ ...C, to: csv })).rejects.toThrow("stands for null: choose another nullkey");
    expect(existsSync(csv) || existsSync(`${csv}.part`)).toBe(false);
    expect(await db.export({ ...C, to: csv, nullkey: "\\N" })).toMatchObject({ rowCount: 5 });
  });

  it("draws the rows of a random_sample anew each time, evenly, in their order", async () => {
    await create();
    const ROWS = 5000;
    await db.entities.insert({ ...C, data: Array.from({ length: ROWS }, (_, id) => ({ id, v: [0, id] })) });
    const to = join(folder, "out.ndjson");
    const draw = async (filter: string): Promise<number[]> => {
      await db.export({ ...C, to, filter, overwrite: true });
      const lines = readFileSync(to, "utf8").split("\n");
      return lines.filter((line) => line !== "").map((line) => (JSON.parse(line) as { id: number }).id);
    };
    const one = await draw("random_sample(0.1)");
    const other = await draw("random_sample(0.1)");
    expect([one.length, other.length]).toEqual([500, 500]);
    expect(one).not.toEqual(other);
    expect(one).toEqual([...new Set(one)].sort((a, b) => a - b));
    // 250 are expected of each half, give or take 11: six times as far off is not seen in a million runs.
    expect(Math.abs(one.filter((id) => id < ROWS / 2).length - 250)).toBeLessThan(66);
    const some = await draw("id < 1000 && random_sample(0.5)");
    expect([some.length, Math.max(...some) < 1000]).toEqual([500, true]);
    expect((await draw("id < 3 && random_sample(0.5)")).length).toBeOneOf([1, 2]);
    expect(await draw("id < 0 && random_sample(0.5)")).toEqual([]);
  });
});
