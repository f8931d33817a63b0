// The limits in C++, compiled when a bench starts; without a compiler they are left out.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Compiles a program of bench/native for this very machine.
 * @param from where hnswlib-node is looked for (a file URL): its headers are used
 * @returns the path of the program, or undefined and the reason
 */
export function compile(name, folder, from) {
  const program = join(folder, name);
  const includes = [];
  if (name === "hnsw") {
    const headers = hnswlibHeaders(from);
    if (headers === undefined) return { reason: "hnswlib-node is not installed" };
    includes.push(`-I${headers}`);
  }
  const source = join(import.meta.dirname, "../native", `${name}.cpp`);
  const fast = name === "scan" ? ["-ffast-math"] : [];
  try {
    const args = ["-O3", "-march=native", "-std=c++17", ...fast, ...includes, source, "-o", program];
    execFileSync("g++", args, { stdio: ["ignore", "ignore", "pipe"] });
    return { program };
  } catch (error) {
    return { reason: error.code === "ENOENT" ? "no C++ compiler" : "the C++ compiler failed" };
  }
}

export function runNative(program, args) {
  return JSON.parse(execFileSync(program, args.map(String), { encoding: "utf8", maxBuffer: 1 << 26 }));
}

function hnswlibHeaders(from) {
  try {
    const root = dirname(createRequire(from).resolve("hnswlib-node/package.json"));
    const folder = join(root, "src");
    return existsSync(join(folder, "hnswlib/hnswlib.h")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
