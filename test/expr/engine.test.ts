import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Elanus } from "../../src/index.js";
import { expressionCases, expressionFixture } from "../support/expression-fixtures.js";
import { type FieldText, jsonText, type RowText, type SchemaText } from "./support/tables.js";

/** The conformance list through the operations: query and count, search with k = all rows, delete. */

interface Case {
  readonly schema: string;
  readonly expr: string;
  readonly params?: unknown;
  readonly valid: boolean;
  readonly matches?: readonly (number | string)[];
  readonly error?: string;
}

const lines = expressionCases() as readonly (Case | SchemaText)[];
const schemas = lines.filter((line): line is SchemaText => "define_schema" in line);
const cases = lines.filter((line): line is Case => "expr" in line);
const rows = expressionFixture<Record<string, RowText[]>>("expression-rows");

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

let db: Elanus;

/** One request as text: JSON of exact numbers. */
async function post(path: string, body: string): Promise<Envelope> {
  const request = new Request(`http://localhost/v2/vectordb/${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  return (await (await db.fetch(request)).json()) as Envelope;
}

async function succeed(path: string, body: string): Promise<unknown> {
  const answer = await post(path, body);
  if (answer.code !== 0) throw new Error(`${path}: ${answer.code} ${answer.message}`);
  return answer.data;
}

function fieldOf(field: FieldText & Readonly<Record<string, unknown>>, pk: string): unknown {
  const { name, type, element, nullable, max_length, max_capacity, dim, enable_analyzer, enable_match } = field;
  const parameters = { max_length, max_capacity, dim, enable_analyzer, enable_match };
  return {
    fieldName: name,
    dataType: type,
    isPrimary: name === pk,
    nullable: nullable ?? false,
    ...(element && { elementDataType: element }),
    elementTypeParams: Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)),
  };
}

function rowText(schema: SchemaText, row: RowText): string {
  const members = Object.entries(row)
    .filter(([key]) => key !== "$meta")
    .map(([key, value]) => `${JSON.stringify(key)}: ${jsonText(value)}`);
  const meta = row["$meta"] === undefined ? "" : jsonText(row["$meta"]).slice(1, -1);
  if (meta !== "") members.push(meta);
  members.push(`"vec": [1, ${(rows[schema.define_schema] ?? []).indexOf(row)}]`);
  return `{${members.join(", ")}}`;
}

async function fill(schema: SchemaText, collectionName: string): Promise<void> {
  const fields = schema.fields.map((field) => fieldOf(field as never, schema.pk));
  await succeed(
    "collections/create",
    JSON.stringify({
      collectionName,
      schema: { autoId: false, enableDynamicField: schema.dynamic, fields },
      indexParams: [{ fieldName: "vec", indexName: "vec", metricType: "L2", params: { index_type: "FLAT" } }],
    }),
  );
  const data = (rows[schema.define_schema] ?? []).map((row) => rowText(schema, row));
  await succeed("entities/insert", `{"collectionName": "${collectionName}", "data": [${data.join(", ")}]}`);
}

function body(collectionName: string, one: Case, more: Readonly<Record<string, unknown>>): string {
  const rest = JSON.stringify({ collectionName, filter: one.expr, ...more }).slice(1, -1);
  return `{${rest}${one.params === undefined ? "" : `, "exprParams": ${jsonText(one.params)}`}}`;
}

const pkOf = new Map(schemas.map((schema) => [schema.define_schema, schema.pk]));
function keysOf(data: unknown, schema: string): unknown[] {
  const pk = pkOf.get(schema) ?? "id";
  return (data as Readonly<Record<string, unknown>>[]).map((row) => row[pk]);
}
const sorted = (keys: readonly unknown[]): unknown[] => keys.map(String).sort();

beforeAll(async () => {
  // What the list refuses is what 2.6 refuses.
  db = await Elanus.open(":memory:", { serverVersion: "2.6" });
  for (const schema of schemas) {
    await fill(schema, schema.define_schema);
    await succeed("collections/load", JSON.stringify({ collectionName: schema.define_schema }));
  }
});
afterAll(() => db.close());

describe("conformance list through the operations", () => {
  test("query returns the listed rows, or refuses with the listed detail", async () => {
    for (const one of cases) {
      const pk = pkOf.get(one.schema) ?? "id";
      const answer = await post("entities/query", body(one.schema, one, { limit: 100, outputFields: [pk] }));
      const label = `${one.schema}: ${one.expr.slice(0, 200)}`;
      expect([answer.code, answer.code === 0 ? "" : answer.message], label).toEqual(
        one.valid ? [0, ""] : [1100, expect.stringContaining(one.error ?? "cannot parse expression")],
      );
      if (one.matches !== undefined)
        expect(sorted(keysOf(answer.data, one.schema)), label).toEqual(sorted(one.matches));
    }
  });

  test("a filtered search returns what filtering an exact search afterwards would", async () => {
    const valid = cases.filter((one, at) => one.matches !== undefined && at % 7 === 0);
    for (const one of valid) {
      const more = { data: [[0, 0]], annsField: "vec", limit: 100, outputFields: [pkOf.get(one.schema)] };
      const everything = await succeed("entities/search", body(one.schema, { ...one, expr: "" }, more));
      const filtered = await succeed("entities/search", body(one.schema, one, more));
      const wanted = new Set((one.matches ?? []).map(String));
      expect(keysOf(filtered, one.schema).map(String), one.expr).toEqual(
        keysOf(everything, one.schema)
          .map(String)
          .filter((key) => wanted.has(key)),
      );
    }
  });

  test("delete removes the listed rows and no others", async () => {
    const sample = cases.filter((one, at) => one.matches !== undefined && at % 12 === 0 && one.schema !== "ext");
    for (const [at, one] of sample.entries()) {
      const schema = schemas.find((s) => s.define_schema === one.schema) as SchemaText;
      const collectionName = `deleted_${at}`;
      await fill(schema, collectionName);
      await succeed("collections/load", JSON.stringify({ collectionName }));
      const all = (rows[one.schema] ?? []).map((row) => row[schema.pk]);
      const answer = await post("entities/delete", body(collectionName, one, {}));
      const left = await succeed(
        "entities/query",
        JSON.stringify({ collectionName, filter: "", limit: 100, outputFields: [schema.pk] }),
      );
      const refused = /always true|missing required/.test(answer.message ?? "");
      expect(answer.code === 0 || refused, `${one.expr.slice(0, 200)}: ${answer.message}`).toBe(true);
      const gone = new Set(refused ? [] : (one.matches ?? []).map(String));
      expect(sorted(keysOf(left, one.schema)), one.expr).toEqual(sorted(all).filter((key) => !gone.has(String(key))));
      await succeed("collections/drop", JSON.stringify({ collectionName }));
    }
  });
});
