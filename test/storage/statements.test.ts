import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LIMIT } from "../../src/engine/entities/bound-limit.js";
import { connect } from "../../src/engine/storage/connect.js";
import { prepare } from "../../src/engine/storage/statements.js";
import { cpuTime } from "../support/cpu-time.js";

/** A connection that counts what is prepared. */
function counted() {
  const sql = connect(":memory:");
  sql.exec("CREATE TABLE t (n, text); INSERT INTO t VALUES (1, 'a'), (9007199254740993, 'b')");
  const texts: string[] = [];
  const original = sql.prepare.bind(sql);
  sql.prepare = ((text: string) => {
    texts.push(text);
    return original(text);
  }) as typeof sql.prepare;
  return { sql, texts };
}

describe("a statement of the catalogue", () => {
  it("is prepared when it is first used, and once", () => {
    const { sql, texts } = counted();
    const statement = prepare<[number], { n: number; text: string }>(sql, "SELECT * FROM t WHERE n = ?");
    expect(texts).toEqual([]);
    expect([statement.get(1), statement.all(1), [...statement.iterate(1)]]).toEqual([
      { n: 1, text: "a" },
      [{ n: 1, text: "a" }],
      [{ n: 1, text: "a" }],
    ]);
    expect(texts).toEqual(["SELECT * FROM t WHERE n = ?"]);
    sql.close();
  });

  it("gives rows as was asked for before its first use, and as is asked for after it", () => {
    const { sql } = counted();
    const large = "SELECT n, text FROM t WHERE n > 1";
    const value = prepare<[], bigint>(sql, large).pluck().safeIntegers();
    expect([value.get(), value.reader]).toEqual([9007199254740993n, true]);
    const row = prepare<[], unknown>(sql, "SELECT n, text FROM t WHERE n = 1");
    expect(row.raw().get()).toEqual([1, "a"]);
    expect(row.safeIntegers(true).get()).toEqual([1n, "a"]);
    expect(row.pluck().get()).toBe(1n);
    expect(row.safeIntegers(false).get()).toBe(1);
    expect(prepare<[number]>(sql, "DELETE FROM t WHERE n = ?").run(1)).toMatchObject({ changes: 1 });
    sql.close();
  });

  it("tells of a table that is not there when it is first used", () => {
    const { sql } = counted();
    const statement = prepare<[]>(sql, "SELECT * FROM nowhere");
    expect(() => statement.get()).toThrow("no such table: nowhere");
    sql.close();
  });
});

describe("a bound limit", () => {
  it("does not have the statement prepared anew", () => {
    const { sql } = counted();
    const conditions = Array.from({ length: 500 }, (_, i) => `EXISTS (SELECT 1 FROM json_each(text, '$.k${i}'))`);
    const text = `SELECT n FROM t WHERE n > ? AND (${conditions.join(" AND ")}) ORDER BY n ${LIMIT}`;
    const start = cpuTime();
    const statement = sql.prepare<[number, number]>(text);
    const toPrepare = cpuTime() - start;
    for (let limit = 1; limit <= 20; limit++) expect(statement.all(1e16, limit)).toEqual([]);
    expect(cpuTime() - start).toBeLessThanOrEqual(10 * toPrepare);
    expect(sql.prepare<[number], { n: number }>(`SELECT n FROM t ORDER BY n ${LIMIT}`).all(1)).toEqual([{ n: 1 }]);
    expect(sql.prepare<[number]>(`SELECT n FROM t ${LIMIT}`).all(-1)).toHaveLength(2);
    sql.close();
  });

  it("stands nowhere as a bare parameter", () => {
    const source = fileURLToPath(new URL("../../src", import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    expect(files.filter((file) => /LIMIT \?(?!\+0)/.test(readFileSync(`${source}/${file}`, "utf8")))).toEqual([]);
  });
});
