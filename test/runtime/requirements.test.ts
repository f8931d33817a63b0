import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundleSource } from "../../scripts/build/sources.mjs";
import { requireRuntime } from "../../src/runtime/requirements.js";

describe("the runtime", () => {
  it.each(["22.14.0", "23.6.0", "24.0.0", "26.10.0"])("is new enough: Node %s", (node) => {
    expect(() => requireRuntime({ node, napi: "10" })).not.toThrow();
  });

  it.each([
    { node: "22.13.1", napi: "9" },
    { node: "20.20.2", napi: "9" },
    { node: "6.0.0", napi: undefined },
  ])("is too old: Node $node", (versions) => {
    expect(() => requireRuntime(versions)).toThrow(
      expect.objectContaining({
        kind: "RuntimeTooOld",
        message: `service unavailable: Elanus needs Node 22.14 or newer, this is Node ${versions.node}`,
      }),
    );
  });

  it("is looked at before anything native is loaded, in this thread and for another", async () => {
    const entry = await bundleSource("src/index.ts");
    const script = `
      const versions = { ...process.versions, node: "22.13.1", napi: "9" };
      Object.defineProperty(process, "versions", { value: versions });
      const { Elanus } = await import(${JSON.stringify(entry)});
      const said = [];
      for (const worker of [false, true]) {
        await Elanus.open(":memory:", { worker }).catch((error) => said.push(error.kind));
      }
      const loaded = process.report.getReport().sharedObjects.filter((file) => file.endsWith(".node"));
      console.log(JSON.stringify([said, loaded]));
    `;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(JSON.parse(out)).toEqual([["RuntimeTooOld", "RuntimeTooOld"], []]);
  });
});
