import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** An installation of the build beside every package but better-sqlite3, which is `fake` or missing. */
function installation(fake?: string): string {
  const folder = dirname(temporaryPath());
  const packages = join(folder, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".") || name === "better-sqlite3") continue;
    symlinkSync(join(root, "node_modules", name), join(packages, name), "junction");
  }
  if (fake !== undefined) {
    mkdirSync(join(packages, "better-sqlite3"));
    writeFileSync(join(packages, "better-sqlite3", "index.js"), fake);
  }
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  return folder;
}

/** How opening a database fails there. */
function refusal(folder: string): { code: number; message: string } {
  const program = `
    const { Elanus } = await import(${JSON.stringify(pathToFileURL(join(folder, "dist/esm/index.js")).href)});
    await Elanus.open(":memory:").catch((error) => console.log(JSON.stringify({ code: error.code, message: error.message })));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    cwd: folder,
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as { code: number; message: string };
}

describe("an addon that does not load is told with its cause", () => {
  it("when the package is missing", () => {
    expect(refusal(installation())).toEqual({
      code: 2,
      message: expect.stringMatching(
        /^service unavailable: the package better-sqlite3 is not installed where elanus looks for it: Cannot find module 'better-sqlite3'$/,
      ),
    });
  });

  it.each([
    [
      "made for another platform",
      `throw Object.assign(new Error("/x/better_sqlite3.node: wrong ELF class"), { code: "ERR_DLOPEN_FAILED" });`,
      "/x/better_sqlite3.node: wrong ELF class",
    ],
    [
      "left out of a bundle",
      `throw Object.assign(new Error("Cannot find module '/app/build/Release/better_sqlite3.node'"), { code: "MODULE_NOT_FOUND" });`,
      "Cannot find module '/app/build/Release/better_sqlite3.node'",
    ],
    [
      "made for another version",
      `throw new Error("The module was compiled against a different Node.js version using NODE_MODULE_VERSION 115.");`,
      "The module was compiled against a different Node.js version using NODE_MODULE_VERSION 115.",
    ],
  ])("when it is %s", (_, fake, cause) => {
    expect(refusal(installation(fake))).toEqual({
      code: 2,
      message: `service unavailable: the addon of better-sqlite3 does not load in Node ${process.versions.node} on ${process.platform} ${process.arch}: ${cause}`,
    });
  });
});
