// Compiles the WebAssembly kernels (assembly/*.ts, AssemblyScript) into checked-in text files.
// node scripts/build-kernels.mjs          writes the files
// node scripts/build-kernels.mjs --check  fails when a file does not match its source
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const engine = fileURLToPath(new URL("../src/engine/", import.meta.url));

const THREADS = ["--enable", "threads", "--sharedMemory"];
const RELAXED = ["--enable", "relaxed-simd"];

/** Folder and name of the constant, and what a kernel needs beside SIMD: threads, where several work on one memory. */
export const KERNELS = [
  { folder: "vector/kernel", file: "kernel.wasm.ts", constant: "KERNEL_BASE64", needs: THREADS },
  {
    folder: "vector/kernel",
    file: "relaxed-kernel.wasm.ts",
    constant: "RELAXED_KERNEL_BASE64",
    needs: [...THREADS, ...RELAXED],
  },
  { folder: "vector/sparse", file: "sparse-kernel.wasm.ts", constant: "SPARSE_KERNEL_BASE64", needs: [] },
  { folder: "columns", file: "column-kernel.wasm.ts", constant: "COLUMN_KERNEL_BASE64", needs: THREADS },
].map((kernel) => ({ ...kernel, path: join(engine, kernel.folder, kernel.file) }));

/** The text of the checked-in file of a kernel. */
export async function compileKernel({ folder, constant, needs }) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      ["--baseDir", join(engine, folder, "assembly")],
      ["--outFile", "kernel.wasm"],
      ["-O3", "--noAssert"],
      ["--runtime", "stub"],
      ["--enable", "simd"],
      needs,
      "--importMemory",
      ["--initialMemory", "1"],
      ["--maximumMemory", "65536"],
    ].flat(),
    {
      writeFile: (name, data) => {
        if (name.endsWith(".wasm")) binary = Buffer.from(data);
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const lines = binary.toString("base64").match(/.{1,120}/g);
  return `// Made by scripts/build-kernels.mjs from assembly/*.ts; do not edit.\n// biome-ignore-all format: generated\nexport const ${constant}: string = [\n${lines.map((l) => `  "${l}",`).join("\n")}\n].join("");\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const kernel of KERNELS) {
    const text = await compileKernel(kernel);
    if (!process.argv.includes("--check")) {
      writeFileSync(kernel.path, text);
      console.log(`${kernel.file}: ${text.length} characters`);
    } else if (readFileSync(kernel.path, "utf8") !== text) {
      console.error(`${kernel.file} does not match its source: npm run build:kernel`);
      process.exitCode = 1;
    }
  }
}
