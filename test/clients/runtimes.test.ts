import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { walk } from "./harness/walk.js";

const program = fileURLToPath(new URL("./node/walk.mjs", import.meta.url));
const installed = (path: string) =>
  fileURLToPath(new URL(`../../tools/runtimes/node_modules/${path}`, import.meta.url));

describe.each<[string, readonly [string, ...string[]]]>([
  ["Bun", [installed("@oven/bun-linux-x64/bin/bun")]],
  ["Deno", [installed("@deno/linux-x64-glibc/deno"), "run", "--allow-all"]],
])("a server on %s", (_, runtime) => {
  const absent = existsSync(runtime[0]) ? "" : " (skipped: it is not installed in tools/runtimes)";

  it.skipIf(absent !== "")(`answers the official client as one on Node does${absent}`, async () => {
    for (const name of ["quickstart", "partitions", "types"]) {
      const parameters = [program, "@zilliz/milvus2-sdk-node", name];
      const there = await walk(process.execPath, parameters, { runtime });
      const here = await walk(process.execPath, parameters);
      for (const [step, result] of here.results) {
        expect([step, shape(there.result(step))]).toEqual([step, shape(result)]);
        expect([step, there.rpcs(step)]).toEqual([step, here.rpcs(step)]);
      }
    }
  });
});

/** A result without what differs from run to run: times, and what the machine looks like. */
function shape(value: unknown, key = ""): unknown {
  if (/time|_ts$|identifier|nodes_info/.test(key)) return "...";
  if (Array.isArray(value)) return value.map((item) => shape(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shape(item, name)]));
}
