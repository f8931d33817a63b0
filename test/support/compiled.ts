import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * What the compiler says of programs that import `elanus`.
 *
 * @param programs text by file name
 * @returns its messages as it prints them; empty when there is nothing to say
 */
export async function compiled(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "elanus-compiled-"));
  try {
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);
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
    return await promisify(execFile)(process.execPath, [tsc, "--noEmit", "-p", folder]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
