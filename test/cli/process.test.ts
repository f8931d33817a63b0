import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, openSync, readdirSync, writeSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

// The built command: `npm test` builds before it tests.
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(...argv: string[]): { child: ChildProcess; line: Promise<string>; exit: Promise<number | null> } {
  const child = spawn(process.execPath, [cli, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let text = "";
  const line = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(text);
    });
    // When it has ended its line may still be on its way.
    child.once("close", () => reject(new Error(`ended before it was ready: ${text}`)));
  });
  line.catch(() => {});
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, line, exit };
}

async function post(url: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/v2/vectordb/${path}`, { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

describe("the serving process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("stops cleanly on %s and keeps what it answered", async (signal) => {
    const path = temporaryPath();
    const first = start("serve", "--path", path, "--port", "0");
    const url = /http:\/\/\S+/.exec(await first.line)?.[0] as string;
    expect(await post(url, "collections/create", { collectionName: "book", dimension: 2 })).toEqual({
      code: 0,
      data: {},
    });
    // An idle connection does not hold it up.
    const idle = connect(Number(new URL(url).port), "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    first.child.kill(signal);
    expect(await first.exit).toBe(0);
    idle.destroy();

    const second = start("collections", "list", "--path", path);
    expect(JSON.parse(await second.line)).toEqual({ code: 0, data: ["book"] });
    expect(await second.exit).toBe(0);
  });

  it("refuses to write to a file that another process serves, with 1 and an envelope that names the holder", async () => {
    const path = temporaryPath();
    const first = start("serve", "--path", path, "--port", "0");
    await first.line;
    const beside = start("collections", "list", "--path", path);
    expect(JSON.parse(await beside.line)).toEqual({ code: 0, data: [] });
    const second = start("databases", "create", "--db-name", "other", "--path", path);
    expect(JSON.parse(await second.line)).toEqual({
      code: 2,
      message: expect.stringContaining(String(first.child.pid)),
    });
    expect(await second.exit).toBe(1);
  });
});

describe("a served file that is shared", () => {
  const book = { collectionName: "book" };
  const urlOf = async ({ line }: { readonly line: Promise<string> }) => /http:\/\/\S+/.exec(await line)?.[0] as string;

  it("is served by every process that asks, and by the ones that are left when its owner is killed", async () => {
    const path = temporaryPath();
    const owner = start("serve", "--shared", "--path", path, "--port", "0");
    const first = await urlOf(owner);
    const second = await urlOf(start("serve", "--shared", "--path", path, "--port", "0"));
    expect(await post(second, "collections/create", { ...book, dimension: 2 })).toEqual({ code: 0, data: {} });
    expect(await post(first, "entities/insert", { ...book, data: [{ id: 1, vector: [1, 0] }] })).toMatchObject({
      code: 0,
    });
    const command = start("insert", "--path", path, "-c", "book", "--data", '{"id": 2, "vector": [0, 1]}');
    expect(JSON.parse(await command.line)).toMatchObject({ code: 0 });
    owner.child.kill("SIGKILL");
    await owner.exit;
    expect(await post(second, "entities/insert", { ...book, data: [{ id: 3, vector: [1, 1] }] })).toMatchObject({
      code: 0,
    });
    expect(await post(second, "entities/query", { ...book, filter: "id > 0", outputFields: ["id"] })).toMatchObject({
      code: 0,
      data: [{ id: 1 }, { id: 2 }, { id: 3 }],
    });
  });

  it("is served through an application that shares it", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path, { shared: true });
    await db.collections.create({ ...book, dimension: 2 });
    const server = start("serve", "--shared", "--path", path, "--port", "0", "--write");
    const url = await urlOf(server);
    expect(await post(url, "entities/insert", { ...book, data: [{ id: 1, vector: [1, 0] }] })).toMatchObject({
      code: 0,
    });
    expect(await db.entities.get({ ...book, id: 1, outputFields: ["id"] })).toEqual([{ id: 1 }]);
    server.child.kill("SIGTERM");
    expect(await server.exit).toBe(0);
    expect(await db.entities.get({ ...book, id: 1, outputFields: ["id"] })).toEqual([{ id: 1 }]);
    await db.close();
  });

  it("keeps the options that its owner has it open with", async () => {
    const path = temporaryPath();
    await urlOf(start("serve", "--shared", "--path", path, "--port", "0", "--auth", "ann:secret"));
    const other = start("serve", "--shared", "--path", path, "--port", "0", "--load-rules", "legacy");
    expect(JSON.parse(await other.line)).toMatchObject({ code: 1100, message: expect.stringContaining("loadRules") });
    expect(await other.exit).toBe(1);
    const url = await urlOf(start("serve", "--shared", "--path", path, "--port", "0"));
    expect(await post(url, "collections/list", {})).toMatchObject({ code: 1800 });
  });
});

it("a command whose reader has gone ends with 1, and without a word", async () => {
  const child = spawn(process.execPath, [cli, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  child.stdout.destroy();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([code, err]).toEqual([1, ""]);
});

it.skipIf(process.platform === "win32")(
  "a pipe that does not block is read to its end, as npx hands it on",
  async () => {
    const path = temporaryPath();
    const folder = dirname(path);
    const db = await Elanus.open(path);
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.close();
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const input = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const end = openSync(pipe, constants.O_WRONLY);
    const argv = [cli, "import", path, "-c", "book", "--from", "-", "--format", "ndjson"];
    const child = spawn(process.execPath, argv, { stdio: [input, "pipe", "inherit"] });
    children.push(child);
    closeSync(input);
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const isReading = () => readdirSync(folder).some((name) => name.includes("-import-"));
    for (const id of [1, 2]) {
      await expect.poll(isReading).toBe(true);
      writeSync(end, `{"id":${id},"vector":[1,2]}\n`);
    }
    closeSync(end);
    expect([await ended, said]).toEqual([0, '{"code":0,"data":{"rowCount":2}}\n']);
  },
);
