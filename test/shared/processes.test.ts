import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { countOf, insert, openAsAnother } from "./several.js";

const entry = new URL("../../dist/esm/index.js", import.meta.url).href;
const program = fileURLToPath(new URL("owner.mjs", import.meta.url));

async function owned(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, entry, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
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
    const refused = await runCommand(["entities", "insert", "--path", path, "-c", "book", "--data", rows]);
    expect(refused.out).toContain("is in use by process");
    await alone.close();
  });
});
