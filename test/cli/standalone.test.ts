import { existsSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/run.js";
import { freePort } from "../support/free-port.js";
import { temporaryPath } from "../support/temporary.js";

/** A file where a folder should be. */
const cliFile = fileURLToPath(import.meta.url);

interface Running {
  readonly out: () => string;
  readonly stop: () => Promise<number>;
}

/** Starts a command that serves; resolves when it has said so, or has ended. */
async function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Running> {
  let out = "";
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  await new Promise<void>((resolve) => {
    ended = runCli(argv, {
      out: (text) => {
        out += text;
        resolve();
      },
      err: (text) => {
        out += text;
        resolve();
      },
      untilStopped: () => told,
      version: "1.2.3",
      env,
    });
  });
  const own = ended;
  return {
    out: () => out,
    stop: () => {
      tell();
      return own;
    },
  };
}
let ended: Promise<number> = Promise.resolve(0);

/** On a connection of its own: one that is kept for the next request ends with the server that it leads to. */
async function post(port: number, path: string, body: object, token?: string): Promise<unknown> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const options = { port, host: "127.0.0.1", method: "POST", path: `/v2/vectordb/${path}`, headers, agent: false };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(options, resolve).once("error", reject).end(JSON.stringify(body));
  });
  return json(response);
}

const list = (port: number, token?: string) => post(port, "collections/list", {}, token);

describe("run standalone", () => {
  it.each([
    ["run", "standalone"],
    ["milvus", "run", "standalone"],
  ])("serves as the image of a Milvus does, by the names of its environment: %s %s %s", async (...words) => {
    const [port, metrics] = [await freePort(), await freePort()];
    const folder = join(dirname(temporaryPath()), "milvus");
    const env = {
      LOCALSTORAGE_PATH: `${folder}/`,
      PROXY_PORT: "1",
      MILVUS_CONF_PROXY_PORT: String(port),
      METRICS_PORT: String(metrics),
      ETCD_ENDPOINTS: "etcd:2379",
      MINIO_ADDRESS: "minio:9000",
    };
    const { out, stop } = await start(words.filter(Boolean), env);
    expect(out()).toContain(`listening on http://0.0.0.0:${port} (${folder}/elanus.db)`);
    expect(await list(port)).toEqual({ code: 0, data: [] });
    expect(await (await fetch(`http://127.0.0.1:${metrics}/healthz`)).text()).toBe("OK");
    expect(await stop()).toBe(0);
    expect(existsSync(join(folder, "elanus.db"))).toBe(true);
  });

  it("demands credentials where the environment says so; a password that was changed stays", async () => {
    const [port, metrics] = [await freePort(), await freePort()];
    const env = {
      LOCALSTORAGE_PATH: join(dirname(temporaryPath()), "secured"),
      PROXY_PORT: String(port),
      METRICS_PORT: String(metrics),
      COMMON_SECURITY_AUTHORIZATIONENABLED: "True",
    };
    const first = await start(["run", "standalone"], env);
    expect(first.out()).toContain("listening");
    expect(await list(port)).toMatchObject({ code: 1800 });
    expect(await list(port, "root:Milvus")).toEqual({ code: 0, data: [] });
    const change = { userName: "root", password: "Milvus", newPassword: "another-1" };
    expect(await post(port, "users/update_password", change, "root:Milvus")).toMatchObject({ code: 0 });
    await first.stop();

    const second = await start(["run", "standalone"], { ...env, COMMON_SECURITY_DEFAULTROOTPASSWORD: "other-2" });
    expect(await list(port, "root:another-1")).toEqual({ code: 0, data: [] });
    expect(await list(port, "root:Milvus")).toMatchObject({ code: 1800 });
    await second.stop();
  });

  it("lets options of the command line come first, and tells what cannot be", async () => {
    const free = ["--port", "0", "--metrics-port", "0", "--host", "127.0.0.1"];
    const { out, stop } = await start(["run", "standalone", "--path", ":memory:", ...free], { PROXY_PORT: "1" });
    expect(out()).toMatch(/listening on http:\/\/127\.0\.0\.1:\d+ \(:memory:\)/);
    await stop();
    const wrong = await start(["run", "standalone", ...free, "--path", join(cliFile, "no", "x.db")]);
    expect([wrong.out(), await wrong.stop()]).toEqual([expect.stringContaining("no cannot be made"), 1]);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "0.0.0.0", resolve));
    const { port } = taken.address() as { port: number };
    const refused = await start(["run", "standalone", "--path", ":memory:", "--port", "0"], {
      METRICS_PORT: String(port),
    });
    expect(await refused.stop()).toBe(1);
    expect(refused.out()).toContain(`port ${port} of 0.0.0.0 is in use`);
    taken.close();
    const open = await start(["run", "standalone", "--path", ":memory:", ...free], {
      PROXY_PORT: "x",
      COMMON_SECURITY_AUTHORIZATIONENABLED: "ture",
    });
    expect([open.out(), await open.stop()]).toEqual([
      expect.stringContaining("COMMON_SECURITY_AUTHORIZATIONENABLED must be true or false, not ture"),
      2,
    ]);
    const odd = await start(["run", "standalone", "--path", ":memory:"], { PROXY_PORT: "x" });
    expect([odd.out(), await odd.stop()]).toEqual([expect.stringContaining("PROXY_PORT must be 0 to 65535, not x"), 2]);
  });
});

describe("--ready-file", () => {
  it("has the URL as long as clients may come", async () => {
    const file = temporaryPath("ready");
    const serve = ["serve", "--path", ":memory:", "--port", "0", "--ready-file", file];
    const { out, stop } = await start(serve);
    expect(out()).toContain(`listening on ${readFileSync(file, "utf8").trim()} `);
    expect(await stop()).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it("is told where it cannot be written", async () => {
    const file = join(temporaryPath(), "x", "ready");
    const { out, stop } = await start(["serve", "--path", ":memory:", "--port", "0", "--ready-file", file]);
    expect([await stop(), out()]).toEqual([1, expect.stringContaining(`${file} cannot be written`)]);
  });
});
