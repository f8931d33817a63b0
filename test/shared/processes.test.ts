import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { refused } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";
import { countOf, insert, openAsAnother } from "./several.js";

const entry = new URL("../../dist/esm/index.js", import.meta.url).href;
const program = fileURLToPath(new URL("owner.mjs", import.meta.url));

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** Those that are here, other than this one. */
const otherRuntimes = [
  "node_modules/.bin/node",
  "tools/runtimes/node_modules/@oven/bun-linux-x64/bin/bun",
  "tools/runtimes/node_modules/@deno/linux-x64-glibc/deno",
]
  .map((command) => join(repository, command))
  .filter((command) => existsSync(command) && realpathSync(command) !== realpathSync(process.execPath));

async function owned(path: string, runtime = process.execPath): Promise<ChildProcess> {
  const args = runtime.endsWith("deno") ? ["run", "-A"] : [];
  const child = spawn(runtime, [...args, program, entry, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) send(child, "SIGKILL");
  });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

/** Not by the child's own `kill`: of Deno's only the first one has an effect. */
function send(child: ChildProcess, signal: "SIGSTOP" | "SIGKILL"): void {
  process.kill(child.pid as number, signal);
}

const PATIENT = { patience: { silentMs: 120_000, lookMs: 50, firstMs: 120_000, laterMs: 120_000 } };
const IMPATIENT = { patience: { ...PATIENT.patience, silentMs: 2000 } };

describe("an owner in another process", () => {
  // A Deno that was stopped does not answer again when it is told to go on.
  it.skipIf("Deno" in globalThis)(
    "that hangs is told of; when it goes on it answers, and when it is killed another one does",
    async () => {
      const path = temporaryPath();
      const owner = await owned(path);
      const impatient = await openAsAnother(path, {}, IMPATIENT);
      // To him an owner that a busy machine keeps from running hangs not yet.
      const peer = await openAsAnother(path, {}, PATIENT);
      owner.kill("SIGSTOP");
      await expect(insert(impatient, 1)).rejects.toMatchObject({
        kind: "OwnerSilent",
        message: expect.stringContaining(`process ${owner.pid} owns the shared file`),
      });
      owner.kill("SIGCONT");
      await insert(peer, 2);
      owner.kill("SIGSTOP");
      const waiting = insert(peer, 3);
      owner.kill("SIGKILL");
      await waiting;
      // Whether the first one was done is not known; it was told so.
      expect([3, 4]).toContain(await countOf(peer));
    },
  );

  it("that closes its file leaves it to the others", async () => {
    const path = temporaryPath();
    const owner = await owned(path);
    const peer = await openAsAnother(path);
    const ended = once(owner, "exit");
    owner.stdin?.end();
    for (let id = 1; id <= 50; id++) await insert(peer, id);
    await ended;
    expect(await countOf(peer)).toBe(51);
  });

  it.each(otherRuntimes)("of another runtime answers, and leaves its file to this one: %s", async (runtime) => {
    const path = temporaryPath();
    const owner = await owned(path, runtime);
    const peer = await Elanus.open(path, { shared: true });
    const row = {
      id: 1,
      vector: new Float32Array([0.5, 1]),
      text: "\ud800 é",
      $: { big: 2n ** 60n, list: [null, -0, 1.5], at: new Date(0) },
    };
    await peer.entities.insert({ collectionName: "book", data: [row, { id: 2, vector: [3, 4] }] });
    const told: unknown[] = [];
    await peer.export({
      collectionName: "book",
      to: temporaryPath("book.json"),
      onProgress: (part) => told.push(part),
    });
    const [found] = await peer.entities.get({ collectionName: "book", id: [1], outputFields: ["*"] });
    expect(told.length).toBeGreaterThan(0);
    expect(await refused(peer.entities.insert({ collectionName: "book", data: [{ id: 3 }] }))).toMatchObject({
      kind: "BadRow",
    });
    // Asked of the one, answered by whoever comes after him.
    send(owner, "SIGSTOP");
    const waiting = peer.entities.insert({ collectionName: "book", data: [{ id: 4, vector: [1, 1] }] });
    send(owner, "SIGKILL");
    expect(await waiting).toMatchObject({ insertCount: 1 });
    expect(await peer.entities.get({ collectionName: "book", id: [1], outputFields: ["*"] })).toEqual([found]);
    expect(found).toMatchObject({ id: 1, vector: [0.5, 1], $: { big: 2n ** 60n, list: [null, -0, 1.5] } });
    await peer.close();
  });

  it("is reached by the command line, which reads a file that is not shared all the same", async () => {
    const path = temporaryPath();
    const owner = await owned(path);
    const rows = '[{"id":1,"vector":[1,1]}]';
    const inserted = await runCommand(["entities", "insert", "--path", path, "-c", "book", "--data", rows]);
    expect(JSON.parse(inserted.out)).toMatchObject({ code: 0, data: { insertCount: 1 } });
    const query = ["entities", "query", "--path", path, "-c", "book", "--filter", "", "--output-fields", "count(*)"];
    expect(JSON.parse((await runCommand(query)).out)).toMatchObject({ data: [{ "count(*)": 2 }] });
    owner.stdin?.end();
    await once(owner, "exit");
    const alone = await Elanus.open(path);
    expect(JSON.parse((await runCommand(query)).out)).toMatchObject({ data: [{ "count(*)": 2 }] });
    const refusal = await runCommand(["entities", "insert", "--path", path, "-c", "book", "--data", rows]);
    expect(refusal.out).toContain("is in use by process");
    await alone.close();
  });
});
