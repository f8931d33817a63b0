import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { parseJson } from "../../src/values/json-reader.js";
import { expressionCases, expressionFixture } from "../support/expression-fixtures.js";

/** The conformance list of the filter language through the engine: query, search, delete and count. */

interface SchemaLine {
  readonly define_schema: string;
  readonly pk: string;
  readonly dynamic: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly element?: string;
    readonly nullable?: boolean;
    readonly dim?: number;
    readonly max_length?: number;
    readonly max_capacity?: number;
    readonly enable_analyzer?: boolean;
    readonly enable_match?: boolean;
  }[];
}

interface Case {
  readonly schema: string;
  readonly expr: string;
  readonly params?: Record<string, unknown>;
  readonly valid: boolean;
  readonly error?: string;
  readonly matches?: readonly (number | string)[];
  readonly sure?: boolean;
  readonly level?: string;
}

const lines = expressionCases() as readonly (SchemaLine | Case)[];
const schemas = lines.filter((line): line is SchemaLine => "define_schema" in line);
const cases = lines.filter((line): line is Case => "expr" in line && line.level !== "3.0" && line.sure !== false);
const rows = expressionFixture<Record<string, Record<string, unknown>[]>>("expression-rows");

/** `{"$int64": ".."}` and `{"$json": ".."}` as values. */
function revive(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(revive);
  const { $int64, $json } = value as { $int64?: string; $json?: string };
  if ($int64 !== undefined) return BigInt($int64);
  if ($json !== undefined) return parseJson($json);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, revive(v)]));
}

function entity(schema: SchemaLine, row: Record<string, unknown>): Record<string, unknown> {
  const { $meta, ...plain } = row;
  const values = revive(plain) as Record<string, unknown>;
  const vector = schema.fields.find((f) => f.type === "FloatVector")?.name as string;
  return { ...values, ...((revive($meta ?? {}) as object) ?? {}), [vector]: [1, 0] };
}

async function fill(db: Elanus, schema: SchemaLine): Promise<void> {
  await db.collections.create({
    collectionName: schema.define_schema,
    schema: {
      enableDynamicField: schema.dynamic,
      fields: schema.fields.map((f) => ({
        fieldName: f.name,
        dataType: f.type,
        ...(f.element === undefined ? {} : { elementDataType: f.element }),
        isPrimary: f.name === schema.pk,
        nullable: f.nullable ?? false,
        elementTypeParams: Object.fromEntries(
          (["dim", "max_length", "max_capacity", "enable_analyzer", "enable_match"] as const)
            .filter((key) => f[key] !== undefined)
            .map((key) => [key, f[key] as number | boolean]),
        ),
      })),
    },
    indexParams: [{ fieldName: "vec", indexType: "FLAT", metricType: "L2" }],
  });
  const data = (rows[schema.define_schema] ?? []).map((row) => entity(schema, row));
  await db.entities.insert({ collectionName: schema.define_schema, data });
}

const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);
const keyOf = (name: string) => (schemas.find((s) => s.define_schema === name) as SchemaLine).pk;

describe("the filter conformance list through the engine", () => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:", { serverVersion: "2.6" });
    for (const schema of schemas) await fill(db, schema);
  });
  afterAll(() => db.close());

  it("has hundreds of cases", () => {
    expect(cases.length).toBeGreaterThan(700);
  });

  it.each(cases.map((c) => [c.expr, c] as const))("query: %s", async (_text, c) => {
    const request = {
      collectionName: c.schema,
      filter: c.expr,
      outputFields: [keyOf(c.schema)],
      limit: 1000,
      ...(c.params === undefined ? {} : { exprParams: revive(c.params) as Record<string, unknown> }),
    };
    if (!c.valid || c.level === "exec") {
      const error = await db.entities.query(request).catch((e: unknown) => e);
      expect(isElanusError(error), c.expr).toBe(true);
      if (c.error !== undefined) expect((error as Error).message).toContain(c.error);
      return;
    }
    const found = await db.entities.query(request);
    if (c.matches === undefined) return;
    const keys = found.map((row) => row[keyOf(c.schema)]);
    expect(keys.sort(byText)).toEqual([...(c.matches ?? [])].sort(byText));
  });

  const valid = cases.filter(
    (c) => c.valid && c.level === undefined && c.matches !== undefined && c.expr.trim() !== "",
  );

  it("search selects the same entities", async () => {
    for (const c of valid.filter((_, i) => i % 3 === 0)) {
      const hits = await db.entities.search({
        collectionName: c.schema,
        data: [[1, 0]],
        filter: c.expr,
        limit: 1000,
        ...(c.params === undefined ? {} : { exprParams: revive(c.params) as Record<string, unknown> }),
      });
      expect(hits.map((h) => h.id).sort(byText), c.expr).toEqual([...(c.matches ?? [])].sort(byText));
    }
  });

  it("delete removes the same entities, on a copy each", async () => {
    let deleted = 0;
    for (const c of valid.filter((_, i) => i % 11 === 0)) {
      const copy = await Elanus.open(":memory:", { serverVersion: "2.6" });
      await fill(copy, schemas.find((s) => s.define_schema === c.schema) as SchemaLine);
      const outcome = await copy.entities
        .delete({
          collectionName: c.schema,
          filter: c.expr,
          ...(c.params === undefined ? {} : { exprParams: revive(c.params) as Record<string, unknown> }),
        })
        .catch((error: Error) => error);
      if (outcome instanceof Error) expect(outcome.message, c.expr).toContain("can't be empty or always true");
      else {
        expect(outcome.deleteCount, c.expr).toBe(c.matches?.length);
        const left = await copy.entities.query({
          collectionName: c.schema,
          limit: 1000,
          outputFields: [keyOf(c.schema)],
        });
        expect(
          left.some((row) => c.matches?.includes(row[keyOf(c.schema)] as never)),
          c.expr,
        ).toBe(false);
        deleted += outcome.deleteCount;
      }
      await copy.close();
    }
    expect(deleted).toBeGreaterThan(100);
  });
});
