import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { Model, REFUSED, type Step } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeScript } from "../crash/script.js";
import { compareSearches, expectedPicture, pictureOf } from "../crash/verify.js";
import { temporaryPath } from "../support/temporary.js";

const LONG = process.env["ELANUS_LONG"] !== undefined;
const SEED = Number(process.env["ELANUS_SEED"] ?? 11);
const CHILD = fileURLToPath(new URL("../crash/child.mjs", import.meta.url));
const ENTRY = new URL("../../dist/esm/index.js", import.meta.url).href;
const SOURCE = fileURLToPath(new URL("./failing-disk.c", import.meta.url));
const HAS_COMPILER = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;
const ERRNO = { EIO: 5, ENOSPC: 28, EROFS: 30 } as const;

interface Run {
  readonly path: string;
  readonly lines: readonly string[];
  readonly errors: string;
  readonly calls: number;
  /** Syncs of the database and its log. */
  readonly syncs: number;
}

/** What the operating system refuses, as SQLite and Node see it: the real thing under the engine. */
describe.runIf(HAS_COMPILER)("when the n-th call to the disk fails", () => {
  let library: string;
  const steps = makeScript(new Random(SEED), new Model(), {
    length: 40,
    pauses: false,
    reopen: false,
    snapshots: true,
  });

  function compile(folder: string): string {
    const target = join(folder, "failing-disk.so");
    const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", target, SOURCE, "-ldl"]);
    expect(status, String(stderr)).toBe(0);
    return target;
  }

  async function run(at: number, lasts: number, errno: number, script = { steps, durability: "full" }): Promise<Run> {
    const path = join(realpathSync(dirname(temporaryPath())), "test.db");
    const folder = dirname(path);
    const file = `${dirname(temporaryPath())}/script.json`;
    const count = `${dirname(temporaryPath())}/count`;
    writeFileSync(
      file,
      JSON.stringify({
        path,
        options: { exactBelow: 40, buildWorkers: 1, durability: script.durability },
        steps: script.steps,
      }),
    );
    const env = {
      ...process.env,
      LD_PRELOAD: library,
      FAULT_PREFIX: folder,
      FAULT_AT: String(at),
      FAULT_LASTS: String(lasts),
      FAULT_ERRNO: String(errno),
      FAULT_COUNT: count,
    };
    const child = spawn(process.execPath, [CHILD, ENTRY, file], { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    await new Promise((resolve) => child.on("close", resolve));
    const [calls = 0, syncs = 0] = readFileSync(count, "utf8").split(" ").map(Number);
    return { path, lines: out.split("\n").filter((line) => line !== ""), errors, calls, syncs };
  }

  /** A refused call has changed nothing, the calls after it work, and the file is whole. */
  async function verify({ path, lines, errors }: Run, place: string): Promise<number> {
    if (!lines.includes("open")) {
      // Opening was refused, in words that name the file.
      expect(errors, place).toContain("ElanusError");
      expect(errors, place).toContain(path);
      return 1;
    }
    expect(errors, place).toBe("");
    expect(lines.at(-1), place).toBe("closed");
    const model = new Model();
    let refused = 0;
    for (const line of lines) {
      const [word, number, code] = line.split(" ");
      if (word !== "end") continue;
      const step = steps[Number(number)] as Step;
      if (["2", "7", "1001"].includes(code as string)) {
        refused++;
        continue;
      }
      const expected = model.apply(step);
      expect(
        expected === REFUSED ? code !== "0" : Number(code) === expected,
        `${place}: ${JSON.stringify(step).slice(0, 200)} ${line}`,
      ).toBe(true);
    }
    const db = await Elanus.open(path);
    expect(await db.check(), place).toEqual({ ok: true, problems: [] });
    expect(await compareSearches(db, model, new Random(1), { found: 0, wanted: 0 }), place).toEqual([]);
    expect(await pictureOf(db), place).toBe(expectedPicture(model));
    await db.close();
    return refused;
  }

  it("every acknowledged write is synced with durability full, and only then", async () => {
    library = compile(dirname(temporaryPath("lib")));
    const writes = makeScript(new Random(1), new Model(), { length: 3, pauses: false, reopen: false });
    const row = { id: 1, n: 1, tag: "t", vector: [1, 2, 3, 4] };
    for (let i = 0; i < 50; i++)
      writes.push({ call: "entities.upsert", request: { collectionName: "exact", data: [{ ...row, n: i }] } });
    const syncs = async (durability: string) =>
      (await run(Number.MAX_SAFE_INTEGER, 0, 0, { steps: writes, durability })).syncs;
    expect(await syncs("full")).toBeGreaterThanOrEqual(53);
    expect(await syncs("normal")).toBeLessThan(20);
    // Closing syncs once.
    expect(await syncs("off")).toBeLessThan(3);
  });

  it("a write with generated keys is one commit, like any other", async () => {
    library = compile(dirname(temporaryPath("lib")));
    const collectionName = "drawn";
    const create = { collectionName, dimension: 4, autoID: true };
    const syncs = async (writes: number, call: string) => {
      const data = [{ ...(call === "entities.upsert" ? { id: 1 } : {}), vector: [1, 2, 3, 4] }];
      const steps = [
        { call: "collections.create", request: create },
        ...Array.from({ length: writes }, () => ({ call, request: { collectionName, data } })),
      ];
      return (await run(Number.MAX_SAFE_INTEGER, 0, 0, { steps: steps as Step[], durability: "full" })).syncs;
    };
    const before = await syncs(0, "entities.insert");
    expect((await syncs(20, "entities.insert")) - before).toBe(20);
    expect((await syncs(20, "entities.upsert")) - before).toBe(20);
  });

  it("a refused call has changed nothing, and the next one works", { timeout: 3_600_000 }, async () => {
    library = compile(dirname(temporaryPath("lib")));
    expect(existsSync(library)).toBe(true);
    const whole = await run(Number.MAX_SAFE_INTEGER, 0, 0);
    expect(await verify(whole, "without a fault")).toBe(0);
    expect(whole.calls).toBeGreaterThan(200);
    const random = new Random(SEED);
    const errors = Object.entries(ERRNO);
    let refused = 0;
    let faults = 0;
    for (let n = random.int(1, 9); n <= whole.calls; n += LONG ? random.int(2, 10) : Math.ceil(whole.calls / 4)) {
      const [name, errno] = errors[faults % errors.length] as [string, number];
      const lasts = faults % 2 === 0 ? 1 : 4;
      refused += await verify(
        await run(n, lasts, errno),
        `ELANUS_SEED=${SEED}, call ${n} of ${whole.calls}, ${name} for ${lasts}`,
      );
      faults++;
    }
    if (LONG) console.log(`${faults} disk faults, ${refused} calls refused`);
    expect(refused).toBeGreaterThan(0);
  });
});
