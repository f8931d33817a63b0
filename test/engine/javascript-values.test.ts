import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

const C = { collectionName: "c" };
const text = { max_length: 64 };
const list = (elementDataType: string) => ({
  dataType: "Array",
  elementDataType,
  elementTypeParams: { max_capacity: 8, max_length: 8 },
});
const COLUMNS = {
  bool: { dataType: "Bool" },
  int8: { dataType: "Int8" },
  int64: { dataType: "Int64" },
  float: { dataType: "Float" },
  double: { dataType: "Double" },
  varchar: { dataType: "VarChar", elementTypeParams: text },
  json: { dataType: "JSON" },
  int32s: list("Int32"),
  floats: list("Float"),
  varchars: list("VarChar"),
  bools: list("Bool"),
  time: { dataType: "Timestamptz" },
  geo: { dataType: "Geometry" },
} as const;
type Column = keyof typeof COLUMNS | "vector" | "dynamic";

async function open(options: { worker?: boolean } = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  opened.push(db);
  await db.collections.create({
    ...C,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ...Object.entries(COLUMNS).map(([fieldName, field]) => ({ fieldName, ...field, nullable: true })),
      ],
    },
    indexParams: [{ fieldName: "vector", metricType: "L2" }],
  });
  return db;
}

type Outcome = { readonly value: unknown } | { readonly code: number; readonly message: string };

/** What becomes of a value in a column: what is read back, or the refusal. */
async function store(db: Elanus, column: Column, value: unknown, id = 1): Promise<Outcome> {
  try {
    await db.entities.insert({ ...C, data: [{ id, vector: [0, 0], [column]: value }] });
  } catch (error) {
    const { code, message } = error as { code: number; message: string };
    return { code, message };
  }
  const [row] = await db.entities.get({ ...C, id });
  return { value: row?.[column] };
}

const foreign = (code: string): unknown => runInNewContext(code);
const hole: unknown[] = [1];
hole[2] = 3;
const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;
class Point {
  readonly x = 1;
  get double(): number {
    return this.x * 2;
  }
}
class Money {
  readonly #cents = 150;
  toJSON(): string {
    return (this.#cents / 100).toFixed(2);
  }
}
const mute = { toJSON: () => undefined };
function given(..._: number[]): IArguments {
  // biome-ignore lint/complexity/noArguments: what older code hands over
  return arguments;
}
const thrower = {
  get bad(): never {
    throw new Error("not today");
  },
};
const shut = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error("shut");
    },
  },
);
function handedOver(): Float32Array {
  const list = new Float32Array([1, 2]);
  structuredClone(list.buffer, { transfer: [list.buffer] });
  return list;
}
const instant = Date.UTC(2025, 0, 1);
const HUGE = 10n ** 4_000_000n;

const REFUSED = Symbol("refused");
/** THE table of JavaScript values: what each becomes in each column. What is not named is refused. */
const TABLE: readonly (readonly [string, unknown, { readonly [C in Column]?: unknown }])[] = [
  ["true", true, { bool: true, varchar: "true", json: true, dynamic: true }],
  ["1", 1, { int8: 1, int64: 1, float: 1, double: 1, varchar: "1", json: 1, dynamic: 1 }],
  // SQLite has no negative zero in a column of numbers.
  ["-0", -0, { int8: 0, int64: 0, float: 0, double: 0, varchar: "0", json: -0, dynamic: -0 }],
  ["0.1", 0.1, { float: 0.1, double: 0.1, varchar: "0.1", json: 0.1, dynamic: 0.1 }],
  ["1e300", 1e300, { double: 1e300, varchar: "1e+300", json: 1e300, dynamic: 1e300 }],
  [
    "2 ** 60, which may be rounded already",
    2 ** 60,
    { float: 1152921500000000000, double: 2 ** 60, varchar: String(2 ** 60), json: 2 ** 60, dynamic: 2 ** 60 },
  ],
  ["NaN", Number.NaN, {}],
  ["Infinity", Number.POSITIVE_INFINITY, {}],
  ["a bigint", 5n, { int8: 5, int64: 5, float: 5, double: 5, varchar: "5", json: 5, dynamic: 5 }],
  [
    "a large bigint",
    2n ** 63n - 1n,
    {
      int64: 2n ** 63n - 1n,
      float: 9223372000000000000,
      double: 2 ** 63,
      varchar: "9223372036854775807",
      json: 2n ** 63n - 1n,
      dynamic: 2n ** 63n - 1n,
    },
  ],
  ["a bigint of four million digits", HUGE, {}],
  ["a word", "word", { varchar: "word", json: "word", dynamic: "word" }],
  ["digits", "12", { int8: 12, int64: 12, float: 12, double: 12, varchar: "12", json: "12", dynamic: "12" }],
  ["a lone surrogate", "\ud800", { varchar: "\ufffd", json: "\ufffd", dynamic: "\ufffd" }],
  ["no text", "", { varchar: "", json: "", dynamic: "" }],
  [
    "an array",
    [1, 2],
    { vector: [1, 2], json: [1, 2], dynamic: [1, 2], int32s: [1, 2], floats: [1, 2], varchars: ["1", "2"] },
  ],
  ["an empty array", [], { json: [], dynamic: [], int32s: [], floats: [], varchars: [], bools: [] }],
  ["a hole", hole, { json: [1, null, 3], dynamic: [1, null, 3] }],
  ["undefined in an array", [undefined, 1], { json: [null, 1], dynamic: [null, 1] }],
  ["NaN in an array", [Number.NaN, 1], {}],
  ["a function in an array", [() => 1, 1], {}],
  [
    "a Float32Array",
    new Float32Array([0.5, 2]),
    { vector: [0.5, 2], json: [0.5, 2], dynamic: [0.5, 2], floats: [0.5, 2], varchars: ["0.5", "2"] },
  ],
  [
    "a Float64Array of another realm",
    foreign("new Float64Array([1, 2])"),
    { vector: [1, 2], json: [1, 2], dynamic: [1, 2], int32s: [1, 2], floats: [1, 2], varchars: ["1", "2"] },
  ],
  [
    "a Float32Array of another realm",
    foreign("new Float32Array([0.5, 2])"),
    { vector: [0.5, 2], json: [0.5, 2], dynamic: [0.5, 2], floats: [0.5, 2], varchars: ["0.5", "2"] },
  ],
  [
    "a BigInt64Array",
    new BigInt64Array([1n, 2n]),
    { vector: [1, 2], json: [1, 2], dynamic: [1, 2], int32s: [1, 2], floats: [1, 2], varchars: ["1", "2"] },
  ],
  [
    "an array of another realm",
    foreign("[1, 2]"),
    { vector: [1, 2], json: [1, 2], dynamic: [1, 2], int32s: [1, 2], floats: [1, 2], varchars: ["1", "2"] },
  ],
  ["a typed array with NaN", new Float32Array([Number.NaN, 1]), {}],
  ["a typed array whose memory was handed over", handedOver(), {}],
  ["an object with such an array", { list: handedOver() }, {}],
  ["a DataView", new DataView(new ArrayBuffer(8)), {}],
  ["an ArrayBuffer", new ArrayBuffer(8), {}],
  [
    "a Date",
    new Date(instant),
    { time: "2025-01-01T00:00:00Z", json: "2025-01-01T00:00:00.000Z", dynamic: "2025-01-01T00:00:00.000Z" },
  ],
  [
    "a Date of another realm",
    foreign(`new Date(${instant})`),
    { time: "2025-01-01T00:00:00Z", json: "2025-01-01T00:00:00.000Z", dynamic: "2025-01-01T00:00:00.000Z" },
  ],
  ["an invalid Date", new Date(Number.NaN), {}],
  ["an object", { a: 1, b: undefined }, { json: { a: 1 }, dynamic: { a: 1 } }],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { json: { a: 1 }, dynamic: { a: 1 } }],
  ["an object of another realm", foreign("({ a: [1] })"), { json: { a: [1] }, dynamic: { a: [1] } }],
  ["an instance of a class", new Point(), { json: { x: 1 }, dynamic: { x: 1 } }],
  [
    "an instance that says what it is",
    new Money(),
    { float: 1.5, double: 1.5, varchar: "1.50", json: "1.50", dynamic: "1.50" },
  ],
  ["a URL", new URL("http://a/b"), same("http://a/b")],
  ["a URL inside", { at: new URL("http://a/b") }, { json: { at: "http://a/b" }, dynamic: { at: "http://a/b" } }],
  ["objects that say nothing inside", { a: mute, b: [mute, 1] }, { json: { b: [null, 1] }, dynamic: { b: [null, 1] } }],
  ["arguments", given(1, 2), { json: { 0: 1, 1: 2 }, dynamic: { 0: 1, 1: 2 } }],
  ["NaN in an object", { x: Number.NaN }, {}],
  ["a function in an object", { x: () => 1 }, {}],
  ["a Map", new Map([["a", 1]]), {}],
  ["a Map of another realm", foreign('new Map([["a", 1]])'), {}],
  ["a Set", new Set([1]), {}],
  ["a Map inside", { deep: [new Map()] }, {}],
  ["an Error", new Error("x"), {}],
  ["a RegExp", /x/, {}],
  ["a boxed string", Object("x"), {}],
  ["a function", () => 1, {}],
  ["a symbol", Symbol("x"), {}],
  ["a symbol in an object", { x: Symbol("y") }, {}],
  ["an object in a circle", cyclic, {}],
  ["a getter that throws", thrower, {}],
  ["a Proxy that throws", { shut }, {}],
  ["a Proxy", new Proxy({ a: 1 }, {}), { json: { a: 1 }, dynamic: { a: 1 } }],
  ["a promise", Promise.resolve(1), {}],
  ["a time", "2025-01-01T08:00:00+08:00", { time: "2025-01-01T00:00:00Z", ...same("2025-01-01T08:00:00+08:00") }],
  ["a place", "POINT (1 2)", { geo: "POINT (1 2)", ...same("POINT (1 2)") }],
  ["a JSON double", foreign("new Number(5)"), { float: 5, double: 5, varchar: "5.0", json: 5, dynamic: 5 }],
];

function same(value: string): { varchar: string; json: string; dynamic: string } {
  return { varchar: value, json: value, dynamic: value };
}

const columns = [...Object.keys(COLUMNS), "vector", "dynamic"] as Column[];
/** Filters that look into every row. */
const FILTERS = [
  "id >= 0",
  'json["a"] == 1',
  'dynamic["a"] == 1 or dynamic == 1',
  "exists dynamic",
  'not (json["a"] > 0)',
  'json_contains(json["a"], 1)',
  "array_contains(int32s, 1)",
  "array_length(floats) > 0",
  'varchars[0] == "1"',
  'varchar like "1%"',
  "double < 5 or float > 2 or int64 == 1 or int8 == 1 or bool == true",
  'time > ISO "2024-01-01T00:00:00Z"',
  "st_within(geo, 'POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))')",
];

describe.each([{ worker: false }, { worker: true }])("JavaScript values (worker: $worker)", (options) => {
  it.each(TABLE)("%s", async (_, value, expected) => {
    const db = await open(options);
    for (const [id, column] of columns.entries()) {
      const outcome = await store(db, column, value, id + 1);
      const wanted = Object.hasOwn(expected, column) ? expected[column] : REFUSED;
      if (wanted === REFUSED) {
        expect(outcome, column).toMatchObject({ code: expect.toSatisfy((code) => code === 1804 || code === 1100) });
        const { message } = outcome as { message: string };
        expect(message.length, column).toBeLessThan(1000);
      } else expect(outcome, column).toEqual({ value: wanted });
    }
    for (const filter of FILTERS) await db.entities.query({ ...C, filter });
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });
});

/** Says what it is, and is nothing else. */
class Saying {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  toJSON(): unknown {
    return this.#value;
  }
}

describe.each([{ worker: false }, { worker: true }])("vectors (worker: $worker)", (options) => {
  it.each([
    ["FloatVector", 2, [1, 0.5], "L2"],
    ["Float16Vector", 2, [1, 0.5], "L2"],
    ["BFloat16Vector", 2, [1, 0.5], "L2"],
    ["Int8Vector", 2, [1, -5], "L2"],
    ["BinaryVector", 16, [1, 200], "HAMMING"],
    ["SparseFloatVector", undefined, { 1: 0.5, 7: 2 }, "IP"],
  ] as const)("of type %s may be said, as a whole and number by number", async (dataType, dim, plain, metricType) => {
    const db = await Elanus.open(":memory:", options);
    opened.push(db);
    await db.collections.create({
      ...C,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "vector", dataType, ...(dim !== undefined && { elementTypeParams: { dim } }) },
        ],
      },
      indexParams: [{ fieldName: "vector", metricType }],
    });
    const items = Array.isArray(plain)
      ? plain.map((number) => new Saying(number))
      : Object.fromEntries(Object.entries(plain).map(([key, number]) => [key, new Saying(number)]));
    const forms = [plain, new Saying(plain), items, new Saying(items)];
    const data = forms.map((vector, id) => ({ id, vector }));
    await db.entities.insert({ ...C, data });
    const rows = await db.entities.query({ ...C, filter: "id >= 0", outputFields: ["vector"] });
    const hits = await db.entities.search({ ...C, data: forms as never, annsField: "vector", limit: 4 });
    expect([rows.length, hits.length]).toEqual([4, 16]);
    for (const { vector } of rows) {
      expect(ArrayBuffer.isView(vector) ? Array.from(vector as Uint8Array) : vector).toEqual(plain);
    }
    for (const hit of hits) expect(hit.distance).toBe(hits[0]?.distance);
    const mute = { toJSON: () => JSON.parse("not today") };
    for (const none of [new Saying(undefined), handedOver(), new Saying(mute), Object.create(mute)]) {
      await expect(db.entities.insert({ ...C, data: [{ id: 9, vector: none }] })).rejects.toMatchObject({ code: 1804 });
      const search = db.entities.search({ ...C, data: [none] as never, annsField: "vector" });
      await expect(search).rejects.toMatchObject({ code: 1801 });
    }
  });
});

describe("random JavaScript values", () => {
  const odd = fc.constantFrom(...TABLE.map(([, value]) => value).filter((value) => value !== HUGE));
  const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      odd,
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withSparseArray: true,
      }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.sparseArray(tie("value"), { maxLength: 4, maxNumElements: 3 }),
      fc.dictionary(fc.string({ maxLength: 3 }), tie("value"), { maxKeys: 3 }),
    ),
  }));

  it("are stored as what they say or refused, and never spoil a scan", async () => {
    const db = await open();
    let id = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...columns), anything, async (column, value) => {
        const outcome = await store(db, column, value, ++id);
        if ("code" in outcome) {
          expect([1804, 1100], outcome.message).toContain(outcome.code);
          return;
        }
        // What was read back is stored again as the same.
        const again = await store(db, column, outcome.value, ++id);
        expect(again).toEqual(outcome);
        for (const filter of FILTERS) await db.entities.query({ ...C, filter, limit: 1 });
      }),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 400) },
    );
    for (const filter of FILTERS) await db.entities.query({ ...C, filter });
    await db.entities.delete({ ...C, filter: 'json["a"] == 1 or dynamic["a"] == 1' });
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });
});

describe("a refusal", () => {
  it.each([
    ["int8", 300, 'strconv.ParseInt(8): parsing "300": value out of range'],
    ["int64", 2n ** 63n, `strconv.ParseInt: parsing "${2n ** 63n}": value out of range`],
    ["int8", { x: Number.NaN }, 'parsing "{"x":NaN}": invalid syntax'],
    ["int8", { f() {} }, 'parsing "{"f":[Function f]}": invalid syntax'],
    ["bool", new Map(), 'parsing "[Map]": invalid syntax'],
    ["int8", HUGE, 'parsing "[integer of more than 400 digits]": '],
    ["json", new Set(), "json: a Set is no JSON value"],
    ["dynamic", { a: [Symbol("s")] }, "json: a symbol is no JSON value"],
    ["json", thrower, "json: not today: "],
    ["json", { x: Number.NaN }, '[actual={"x":NaN}]'],
  ] as const)("of %s quotes what was sent", async (column, value, part) => {
    const db = await open();
    expect(await store(db, column, value)).toEqual({ code: 1804, message: expect.stringContaining(part) });
  });

  it("quotes the digits of a body", async () => {
    const db = await open();
    const insert = async (digits: string) => {
      const body = `{"collectionName":"c","data":[{"id":1,"vector":[0,0],"int8":${digits}}]}`;
      const response = await db.fetch(
        new Request("http://milvus/v2/vectordb/entities/insert", { method: "POST", body }),
      );
      return (await response.json()) as { code: number; message: string };
    };
    for (const digits of ["9007199254740993.5", "1.0", "1e3", "9007199254740993", "1.5"]) {
      expect(await insert(digits)).toMatchObject({
        code: 1804,
        message: expect.stringContaining(`parsing "${digits === "1e3" ? "1000.0" : digits}": `),
      });
    }
    const { code, message } = await insert("9".repeat(4_000_000));
    expect(code).toBe(1801);
    expect(message.length).toBeLessThan(200);
  });
});

describe("a request that throws when it is read", () => {
  const revoked = (): unknown => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  };
  const boom = (): never => {
    throw new Error("boom");
  };
  const hostile: readonly (readonly [string, () => unknown])[] = [
    ["a revoked Proxy", revoked],
    ["a list of revoked Proxies", () => [revoked()]],
    ["a Proxy without keys", () => new Proxy({}, { ownKeys: boom, get: boom })],
    ["a list whose items throw", () => new Proxy([1], { get: (_, key) => (key === "length" ? 1 : boom()) })],
    [
      "a getter inside",
      () => ({
        params: {
          get a() {
            return boom();
          },
        },
      }),
    ],
    [
      "a getter that throws nothing",
      () => ({
        get a() {
          throw null;
        },
      }),
    ],
    ["nested", () => [{ data: revoked(), vector: revoked() }]],
  ];
  const requests = {
    insert: { data: [] },
    upsert: { data: [] },
    search: { data: [[1, 2]], searchParams: {}, exprParams: {}, outputFields: [], filter: "id > {a}" },
    query: { filter: "id > {a}", exprParams: {}, outputFields: [] },
    get: { id: [1] },
    delete: { filter: "id > {a}", exprParams: {} },
    hybridSearch: { search: [], rerank: {} },
  } as const;

  it.each([false, true])("is refused as such, whatever part of it throws (worker: %s)", async (worker) => {
    const db = await Elanus.open(":memory:", { worker });
    opened.push(db);
    await db.collections.create({ ...C, dimension: 2 });
    for (const [name, request] of Object.entries(requests)) {
      for (const key of Object.keys(request)) {
        for (const [what, make] of hostile) {
          const given = { ...C, ...request, [key]: make() };
          const path = `/v2/vectordb/entities/${name === "hybridSearch" ? "hybrid_search" : name}`;
          const { code } = await db.request(path, given);
          expect([5, undefined], `${name} ${key} ${what}`).not.toContain(code);
          const call = db.entities[name as keyof typeof requests] as (request: object) => Promise<unknown>;
          const refusal: unknown = await call(given).catch((error: unknown) => error);
          if (refusal instanceof Error) {
            expect(isElanusError(refusal) && refusal.code !== 5, `${name} ${key} ${what}: ${refusal}`).toBe(true);
          }
        }
      }
    }
  });
});

describe("a hole", () => {
  it("in a list of keys or of query vectors is a value that is missing", async () => {
    const db = await open();
    const ids: unknown[] = [1];
    ids[2] = 3;
    await expect(db.entities.get({ ...C, id: ids })).rejects.toMatchObject({ code: 1806 });
    await expect(db.entities.delete({ ...C, id: ids })).rejects.toMatchObject({ code: 1806 });
    const data: number[][] = [[0, 0]];
    data[2] = [0, 0];
    await expect(db.entities.search({ ...C, data })).rejects.toMatchObject({
      code: 1801,
      message: expect.stringContaining("invalid parameter[expected=FloatVector][actual=undefined]"),
    });
    const rows: unknown[] = [{ id: 1, vector: [0, 0] }];
    rows[2] = { id: 3, vector: [0, 0] };
    await expect(db.entities.insert({ ...C, data: rows })).rejects.toMatchObject({
      code: 1804,
      message: expect.stringContaining("invalid parameter[expected=5][actual=0]"),
    });
  });
});
