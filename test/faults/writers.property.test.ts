import { rmSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { type Program, startProgram } from "./process.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 12);

/** Does what it is told, a line at a time, and answers each with one line. */
const SERVANT = `
  const { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { dirname, join } = await import("node:path");
  const { createInterface } = await import("node:readline");
  let db;
  const does = {
    async open() {
      const opened = await Elanus.open(path, { durability: "off" });
      db = opened;
      if (!(await db.collections.has({ collectionName: "c" })).has) {
        await db.collections.create({ collectionName: "c", dimension: 2 });
      }
    },
    async close() { await db.close(); db = undefined; },
    async write(id) { await db.entities.insert({ collectionName: "c", data: [{ id, vector: [id, 1] }] }); },
    async read() { for (const name of readdirSync(dirname(path))) readFileSync(join(dirname(path), name)); },
    async copy() {
      const target = mkdtempSync(join(tmpdir(), "elanus-test-"));
      cpSync(dirname(path), target, { recursive: true });
      rmSync(target, { recursive: true });
    },
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [turn, what, id] = line.split(" ");
    const code = await does[what](Number(id)).then(() => 0, (error) => error.code ?? String(error));
    console.log("turn " + turn + ": " + code + ";");
  }
`;

/** One of the processes that want the file. */
class Servant {
  readonly #path: string;
  #program: Program | undefined;
  #turn = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** @returns the code of the answer */
  async tell(what: string, id = 0): Promise<string> {
    this.#program ??= startProgram(this.#path, SERVANT);
    const turn = ++this.#turn;
    this.#program.child.stdin?.write(`${turn} ${what} ${id}\n`);
    return /: (.*);/.exec(await this.#program.said(`turn ${turn}: `))?.[1] ?? "";
  }

  async kill(): Promise<void> {
    this.#program?.child.kill("SIGKILL");
    await this.#program?.ended;
    this.#program = undefined;
  }
}

const SERVANTS = 2;
const servant = fc.nat(SERVANTS - 1);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("open" as const), by: servant }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("write" as const), by: servant }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("close" as const), by: servant }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const), by: servant }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("read" as const), by: servant }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("copy" as const), by: servant }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("unlink" as const), by: servant }) },
);

describe("processes that want one file", () => {
  it("have it one at a time, and lose nothing, whatever is done to its lock", { timeout: 1_200_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const path = temporaryPath();
        const servants = Array.from({ length: SERVANTS }, () => new Servant(path));
        let owner: number | undefined;
        /** What has been taken from the owner's guard: its locks by code of its own, its lock file. */
        let taken = new Set<string>();
        /** Somebody looked at the file while nothing held it: the owner may think that it was written. */
        let lost = false;
        const written: number[] = [];
        try {
          for (const [at, { kind, by }] of steps.entries()) {
            const own = servants[by] as Servant;
            switch (kind) {
              case "open":
                expect(await own.tell("open"), `step ${at}: ${by} opens`).toBe(owner === undefined ? "0" : "2");
                if (owner !== undefined && taken.size === 2) lost = true;
                if (owner === undefined) {
                  owner = by;
                  taken = new Set();
                  lost = false;
                }
                break;
              case "write":
                if (owner !== by) break;
                {
                  const code = await own.tell("write", at);
                  if (!lost) expect(code, `step ${at}: ${by} writes`).toBe("0");
                  // Rather refused than stale.
                  else expect(["0", "2"]).toContain(code);
                  if (code === "0") written.push(at);
                }
                break;
              case "close":
                if (owner !== by) break;
                expect(await own.tell("close")).toBe("0");
                owner = undefined;
                break;
              case "kill":
                await own.kill();
                if (owner === by) owner = undefined;
                break;
              case "unlink":
                rmSync(`${path}-lock`, { force: true });
                taken.add("file");
                break;
              default:
                await own.tell(kind);
                if (owner === by) taken.add("locks");
            }
          }
        } finally {
          await Promise.all(servants.map((one) => one.kill()));
        }
        const db = await Elanus.open(path);
        const made = (await db.collections.list()).length > 0;
        const rows = made ? await db.entities.query({ collectionName: "c", filter: "id >= 0", limit: 100 }) : [];
        expect(await db.check()).toEqual({ ok: true, problems: [] });
        await db.close();
        expect(rows.map((row) => row["id"])).toEqual(written);
      }),
      { numRuns: RUNS },
    );
  });
});
