// Compiles the kernel (assembly/*.ts, AssemblyScript) into kernel.wasm.ts, a checked-in text file.
// node build-kernel.mjs          writes the file
// node build-kernel.mjs --check  fails when the file does not match the source
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "kernel.wasm.ts");

export async function compileKernel() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--baseDir",
      join(here, "assembly"),
      "--outFile",
      "kernel.wasm",
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--enable",
      "threads",
      "--importMemory",
      "--sharedMemory",
      "--initialMemory",
      "1",
      "--maximumMemory",
      "65536",
    ],
    {
      writeFile: (name, data) => {
        if (name.endsWith(".wasm")) binary = Buffer.from(data);
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const lines = binary.toString("base64").match(/.{1,120}/g);
  return `// Made by build-kernel.mjs from assembly/*.ts; do not edit.\n// biome-ignore-all format: generated\nexport const KERNEL_BASE64: string = [\n${lines.map((l) => `  "${l}",`).join("\n")}\n].join("");\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await compileKernel();
  if (process.argv.includes("--check")) {
    if (readFileSync(target, "utf8") !== text) {
      console.error("kernel.wasm.ts does not match its source: npm run build:kernel");
      process.exit(1);
    }
  } else {
    writeFileSync(target, text);
    console.log(`kernel.wasm.ts: ${text.length} characters`);
  }
}
