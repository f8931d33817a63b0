import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { pages } from "./samples.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("the TypeScript samples of docs/milvus-3 are typed", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "elanus-samples-"));
  try {
    for (const { name, ts } of pages()) {
      for (const [i, { code }] of ts.entries()) writeFileSync(join(folder, `${name}-${i}.mts`), code);
    }
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: {
        paths: { elanus: [join(root, "src/index.ts")] },
        typeRoots: [join(root, "node_modules/@types")],
        // A rule of this project, which nobody else has to follow.
        noPropertyAccessFromIndexSignature: false,
      },
      include: ["*.mts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const told = await promisify(execFile)(process.execPath, [tsc, "--noEmit", "-p", folder]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
    expect(told).toBe("");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
