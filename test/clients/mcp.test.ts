import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** The clients of both lines of the protocol's SDK, locked in tools/mcp, against the built command. */

const tools = fileURLToPath(new URL("../../tools/mcp", import.meta.url));
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const packages = join(tools, "node_modules/@modelcontextprotocol");

interface Client {
  connect(transport: unknown): Promise<void>;
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>;
  callTool(
    call: object,
  ): Promise<{ readonly content: readonly { readonly text: string }[]; readonly isError?: boolean }>;
  getServerVersion(): unknown;
  close(): Promise<void>;
}
type Made<T> = new (...given: unknown[]) => T;

const LINES = [
  ["@modelcontextprotocol/sdk 1.32", "sdk/dist/esm/client/index.js", "sdk/dist/esm/client/stdio.js", undefined],
  ["@modelcontextprotocol/client 2.4 with a handshake", "client/dist/index.mjs", "client/dist/stdio.mjs", "legacy"],
  ["@modelcontextprotocol/client 2.4 without one", "client/dist/index.mjs", "client/dist/stdio.mjs", "auto"],
] as const;

describe.skipIf(process.env["ELANUS_CLIENTS"] === undefined)("clients of the Model Context Protocol", () => {
  beforeAll(() => {
    if (existsSync(packages)) return;
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: tools, stdio: "inherit" });
    if (status !== 0) throw new Error("the clients of tools/mcp cannot be installed");
  });

  it.each(LINES)("%s lists the tools, uses them and is told what is wrong", async (_, client, stdio, mode) => {
    const path = temporaryPath();
    const db = await Elanus.open(path);
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2], title: "Moby-Dick" }] });
    await db.close();
    const load = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(packages, file)).href);
    const { Client } = (await load(client)) as { readonly Client: Made<Client> };
    const { StdioClientTransport } = (await load(stdio)) as { readonly StdioClientTransport: Made<unknown> };
    const options = mode === undefined ? {} : { versionNegotiation: { mode } };
    const made = new Client({ name: "test", version: "1" }, options);
    await made.connect(new StdioClientTransport({ command: process.execPath, args: [cli, "mcp", path, "--write"] }));
    try {
      expect(made.getServerVersion()).toMatchObject({ name: "elanus" });
      const { tools: listed } = await made.listTools();
      expect(listed.map(({ name }) => name)).toEqual([
        "list_collections",
        "describe",
        "query",
        "search",
        "insert",
        "delete",
      ]);
      const use = async (name: string, given: object) => {
        const { content, isError = false } = await made.callTool({ name, arguments: given });
        return [isError, content[0]?.text];
      };
      const rows = [{ id: 2, vector: [2, 1], title: "Emma" }];
      expect(await use("insert", { collection: "book", rows })).toEqual([false, '{"inserted":1,"ids":[2]}']);
      expect(await use("search", { collection: "book", id: 2, limit: 1 })).toEqual([
        false,
        expect.stringContaining('"title":"Emma"'),
      ]);
      expect(await use("query", { collection: "book", filter: "id ==" })).toEqual([
        true,
        expect.stringContaining("cannot parse expression"),
      ]);
      await expect(made.callTool({ name: "nope", arguments: {} })).rejects.toThrow("Unknown tool: nope");
    } finally {
      await made.close();
    }
  });
});
