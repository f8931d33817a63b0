import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestField } from "../../src/engine/contract/row.js";
import { contract, isOperation, operationPaths } from "../../src/engine/contract/table.js";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { CATALOGUE_OBJECTS, codeOf, isOurs, SqlTrace, strangeness } from "./sql-trace.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 5000);
/** Part of every hostile text: where it stands in SQL, a text of a caller has come through. */
const MARK = "zqx";

const attacks = [
  "'; DROP TABLE collections; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  "`e_1`",
  "]; DELETE FROM e_1; --",
  "x'00'",
  "?1",
  ":name @name $name",
  "') UNION SELECT sql FROM sqlite_master --",
  "\u0000'; VACUUM INTO '/tmp/out'; --",
  "/* */",
  "\\' OR 1=1 --",
  "%_%",
  "$1 $(id)",
  "__proto__",
  "\ud800'",
  "’ OR ’1’=’1",
  "$.a'[0]",
  "\"]'",
  "\n;\nATTACH DATABASE '/tmp/x' AS y;\n",
];
const hostile = fc
  .tuple(fc.constantFrom(...attacks), fc.string({ unit: "binary", maxLength: 6 }), fc.nat(3))
  .map(([attack, noise, at]) =>
    at === 0 ? `${MARK}${attack}` : at === 1 ? `${attack}${MARK}${noise}` : `${noise}${MARK}${attack}`,
  );

const quoted = (text: string) => JSON.stringify(text);
/** Filters that carry a hostile text as a value, a key, a pattern, or as it is. */
const filter = hostile.chain((text) =>
  fc.constantFrom(
    text,
    `name == ${quoted(text)}`,
    `name == '${text}'`,
    `name == "${text}"`,
    `name in [${quoted(text)}, 'b']`,
    `name like ${quoted(`${text}%`)}`,
    `doc[${quoted(text)}] == 1`,
    `doc['a'][${quoted(text)}] == ${quoted(text)}`,
    `doc[${quoted(text)}] like ${quoted(`%${text}`)}`,
    `exists doc[${quoted(text)}]`,
    `json_contains(doc[${quoted(text)}], ${quoted(text)})`,
    `${text} == 1`,
    `$meta[${quoted(text)}] > 0`,
    `name == {${text}}`,
    "name == {x}",
    "name in {x}",
    `array_contains(tags, ${quoted(text)})`,
    `id > 0 and name != ${quoted(text)}`,
    `text_match(name, ${quoted(text)})`,
  ),
);

const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    hostile,
    fc.integer(),
    fc.boolean(),
    tie("object"),
    fc.array(tie("value"), { maxLength: 2 }),
  ),
  object: fc.dictionary(hostile, tie("value"), { maxKeys: 2 }),
})).value;

const row = fc.record(
  {
    id: fc.oneof(fc.integer({ min: 1, max: 40 }), hostile),
    key: hostile,
    name: hostile,
    doc: json,
    tags: fc.array(hostile, { maxLength: 3 }),
    vector: fc.constant([1, 2]),
  },
  { noNullPrototype: true },
);
const dynamicRow = fc.tuple(row, fc.dictionary(hostile, json, { maxKeys: 2 })).map(([a, b]) => ({ ...b, ...a }));

const indexParams = fc.oneof(
  hostile.map((text) => ({
    fieldName: "doc",
    indexName: text,
    indexType: "INVERTED",
    params: { json_path: `doc[${quoted(text)}]`, json_cast_type: "varchar" },
  })),
  hostile.map((text) => ({
    fieldName: text,
    indexName: "dynamic",
    indexType: "INVERTED",
    params: { json_path: text, json_cast_type: "double" },
  })),
  hostile.map((text) => ({
    fieldName: "doc",
    indexName: `i${text.length}`,
    indexType: "INVERTED",
    params: { json_path: `doc["a"][${quoted(text)}]`, json_cast_type: "double" },
  })),
  fc
    .tuple(hostile, hostile)
    .map(([a, b]) => ({ fieldName: a, indexName: b, indexType: b, metricType: a, params: { [a]: b } })),
);

const schema = hostile.map((text) => ({
  fieldName: text,
  dataType: "VarChar",
  description: text,
  isPrimary: false,
  nullable: true,
  defaultValue: text,
  elementTypeParams: { max_length: 200, [text]: text },
}));

const collection = fc.constantFrom("words", "numbers");
/** A value for a request key that an operation may have: hostile, or what lets the rest of the request get far. */
const BY_KEY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  collectionName: fc.oneof({ weight: 6, arbitrary: collection }, { weight: 1, arbitrary: hostile }),
  partitionName: fc.oneof(fc.constantFrom("_default", undefined), hostile),
  partitionNames: fc.oneof(fc.constant(undefined), fc.array(hostile, { maxLength: 2 }), fc.constant(["_default"])),
  filter,
  data: fc.oneof(fc.array(fc.oneof(row, dynamicRow), { minLength: 1, maxLength: 3 }), fc.constant([[1, 2]]), json),
  id: fc.oneof(hostile, fc.array(hostile, { maxLength: 3 }), fc.constant(undefined)),
  outputFields: fc.oneof(fc.constant(["*"]), fc.array(hostile, { maxLength: 3 })),
  exprParams: fc.oneof(
    fc.record({ x: fc.oneof(hostile, fc.array(hostile, { maxLength: 2 })) }),
    fc.dictionary(hostile, json, { maxKeys: 2 }),
  ),
  indexParams: fc.array(indexParams, { minLength: 1, maxLength: 2 }),
  schema,
  groupingField: hostile,
  annsField: fc.oneof(fc.constant("vector"), hostile),
  dbName: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: hostile }),
};

function valueFor(key: string, kind: string): fc.Arbitrary<unknown> {
  const known = BY_KEY[key];
  if (known !== undefined) return known;
  switch (kind) {
    case "string":
      return hostile;
    case "strings":
      return fc.array(hostile, { maxLength: 2 });
    case "object":
      return fc.oneof(fc.dictionary(hostile, hostile, { maxKeys: 3 }), json);
    case "array":
      return fc.array(json, { maxLength: 2 });
    case "int":
      return fc.constantFrom(undefined, 1, 3);
    case "bool":
      return fc.constantFrom(undefined, true, false);
    default:
      return json;
  }
}

/** Requests that are right in shape: the hostile texts get to where rows are written and read. */
const wellFormed = fc.oneof(
  fc
    .tuple(fc.constantFrom("insert", "upsert"), fc.array(dynamicRow, { minLength: 1, maxLength: 3 }))
    .map(([action, rows]) => ({
      path: `entities/${action}`,
      request: { collectionName: "words", data: rows.map((r) => ({ ...r, tags: [...r.tags] })) } as object,
    })),
  fc
    .tuple(fc.constantFrom("query", "delete"), filter, fc.array(hostile, { maxLength: 2 }))
    .map(([action, text, names]) => ({
      path: `entities/${action}`,
      request: { collectionName: "words", filter: text, outputFields: names, exprParams: { x: names } } as object,
    })),
  fc.tuple(filter, fc.array(hostile, { maxLength: 2 })).map(([text, names]) => ({
    path: "entities/search",
    request: { collectionName: "words", data: [[1, 2]], filter: text, outputFields: names } as object,
  })),
  fc.array(hostile, { minLength: 1, maxLength: 3 }).map((id) => ({
    path: "entities/get",
    request: { collectionName: "words", id, outputFields: ["*"] } as object,
  })),
);

const anything = fc.constantFrom(...operationPaths).chain((path) =>
  fc.record({
    path: fc.constant(path),
    request: fc.record(
      Object.fromEntries(
        Object.entries<RequestField>(isOperation(path) ? contract[path].request : {}).map(([key, { kind }]) => [
          key,
          valueFor(key, kind),
        ]),
      ),
      { noNullPrototype: true },
    ),
  }),
);

const call = fc.oneof(anything, wellFormed);

const varchar = (fieldName: string, more = {}) => ({
  fieldName,
  dataType: "VarChar",
  elementTypeParams: { max_length: 500 },
  ...more,
});
function definition(collectionName: string): Record<string, unknown> {
  const words = collectionName === "words";
  return {
    collectionName,
    schema: {
      enableDynamicField: true,
      fields: [
        words ? varchar("key", { isPrimary: true }) : { fieldName: "id", dataType: "Int64", isPrimary: true },
        varchar("name", {
          nullable: true,
          elementTypeParams: { max_length: 500, enable_analyzer: true, enable_match: true },
        }),
        { fieldName: "doc", dataType: "JSON", nullable: true },
        {
          fieldName: "tags",
          dataType: "Array",
          elementDataType: "VarChar",
          nullable: true,
          elementTypeParams: { max_capacity: 8, max_length: 200 },
        },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }],
  };
}

const OUR_OBJECT = new RegExp(
  String.raw`^(?:${CATALOGUE_OBJECTS.join("|")}|holder|sqlite_autoindex_\w+|e_\d+|e_\d+_key|e_\d+_partition|v_\d+_\d+|i_\d+_\d+)$`,
);

describe("hostile names, filters, keys, JSON and ids", () => {
  const trace = new SqlTrace();
  let db: Elanus;
  beforeAll(async () => {
    trace.install();
    db = await Elanus.open(temporaryPath(), { durability: "off" });
    expect(trace.sources.length).toBeGreaterThan(20);
  });
  afterAll(async () => {
    await db.close();
    trace.uninstall();
  });

  /** Names and texts of everything in the database, seen through the engine's own connection. */
  async function objects(): Promise<string[]> {
    const { default: BetterSqlite3 } = await import("better-sqlite3");
    const reader = new BetterSqlite3(path(), { readonly: true });
    const found = reader
      .prepare("SELECT name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY name")
      .pluck()
      .all();
    reader.close();
    return found as string[];
  }
  const path = () => (trace as SqlTrace & { path?: string }).path ?? "";

  it("run none but our own statements, and leave the schema ours", { timeout: 600_000 }, async () => {
    const seen = new Set<string>();
    let succeeded = 0;
    const file = temporaryPath();
    await db.close();
    db = await Elanus.open(file, { durability: "off" });
    Object.assign(trace, { path: file });
    await fc.assert(
      fc.asyncProperty(call, async ({ path, request }) => {
        for (const name of ["words", "numbers"]) {
          if (!(await db.collections.has({ collectionName: name })).has)
            await db.collections.create(definition(name) as never);
          else await db.collections.load({ collectionName: name }).catch(() => {});
        }
        trace.clear();
        const { code, message } = (await db.request(`/v2/vectordb/${path}`, request)) as {
          code: number;
          message: string;
        };
        // Text that came through as code would be a syntax error or an unknown name.
        expect({ code, message }, `${path}: ${message}`).not.toMatchObject({ code: 5 });
        if (code === 0) {
          succeeded++;
          seen.add(path);
        }
        for (const sql of trace.sources) expect(codeOf(sql), path).not.toContain(MARK);
        // A snapshot makes a file, with statements that are used nowhere else.
        if (path.startsWith("snapshots/")) return;
        for (const sql of trace.sources) expect(strangeness(sql), path).toBeUndefined();
        expect(
          trace.executed.filter((sql) => !isOurs(codeOf(sql))),
          path,
        ).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    for (const object of await objects()) expect(object.split(" ")[0]).toMatch(OUR_OBJECT);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    // The texts got far enough to be stored, found and deleted.
    expect(succeeded).toBeGreaterThan(RUNS / 10);
    for (const path of [
      "entities/insert",
      "entities/query",
      "entities/delete",
      "entities/search",
      "collections/describe",
    ]) {
      expect(seen).toContain(path);
    }
  });

  it("are stored and found as they are", async () => {
    const file = temporaryPath();
    const plain = await Elanus.open(file, { durability: "off" });
    await plain.collections.create(definition("words") as never);
    const texts = attacks.map((attack) => `${MARK}${attack}`).filter((text) => text.isWellFormed());
    const data = texts.map((text) => ({
      key: text,
      name: text,
      doc: { [text]: text },
      tags: [text],
      vector: [1, 2],
      [`dyn ${text}`]: text,
    }));
    await plain.entities.insert({ collectionName: "words", data });
    for (const [i, text] of texts.entries()) {
      const found = await plain.entities.get({ collectionName: "words", id: [text], outputFields: ["*"] });
      expect(found, text).toEqual([{ ...data[i], vector: [1, 2] }]);
      for (const filter of [`key == ${quoted(text)}`, "name == {x}"]) {
        const rows = await plain.entities
          .query({ collectionName: "words", filter, exprParams: { x: text }, outputFields: ["key"] })
          .catch((error: unknown) => (isElanusError(error) ? error.code : -1));
        // The language has escapes of its own; a text that is none of its literals is refused.
        if (rows !== 1100) expect(rows, filter).toEqual([{ key: text }]);
      }
    }
    expect(await plain.entities.delete({ collectionName: "words", id: texts })).toEqual({ deleteCount: texts.length });
    await plain.close();
  });
});
