import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./sources.mjs";

const ENTRIES = {
  index: "index",
  expr: "expr/index",
  testing: "testing/index",
  langchain: "adapters/langchain/index",
  mastra: "adapters/mastra/index",
  ai: "adapters/ai/index",
};
/**
 * Adapters extend classes of frameworks, which may have other declarations for import and for require: theirs are there twice, so that
 * each form meets its own.
 */
const ADAPTERS = /^adapters\//;
const OUTWARD = /((?:from|import\()\s*")\.\.\/\.\.\//g;
const RELATIVE = /(?:from|import\()\s*"(\.{1,2}\/[^"]+)\.js"/g;

/** Declarations that a type checker passes through and no editor shows: what is said of them is in the sources. */
const INTERNAL =
  /^(?:engine\/(?:catalog|entities|load|model|operations|query|snapshots|storage|transfer|vector|write)|api\/(?:grpc|http2?)|error-catalogue|expr\/(?:check|semantics|sql|syntax)|files|text|values)\//;
const COMMENT = /\/\*\*[\s\S]*?\*\/\s*/g;

/**
 * Writes dist/types: one set of declarations for both module formats. A folder that says "commonjs" serves both: either
 * kind of module may import its files; the entry for ES modules is a line of its own, because a type checker looks at
 * the format of the file that it finds first.
 *
 * @returns the files written, or undefined when the sources have errors
 */
export async function writeDeclarations(dist) {
  const types = join(dist, "types");
  const emitted = join(dist, "declarations");
  const code = await run("typescript/bin/tsc", ["-p", "tsconfig.build.json", "--outDir", emitted]);
  const written = [];
  const write = (path, text) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    written.push(path);
  };
  if (code === 0) {
    for (const file of reachable(emitted)) {
      const text = hideAddonTypes(readFileSync(join(emitted, file), "utf8"));
      write(join(types, file), INTERNAL.test(file.replaceAll("\\", "/")) ? text.replace(COMMENT, "") : text);
    }
    write(join(types, "package.json"), '{"type":"commonjs"}\n');
    for (const file of reachable(emitted).filter((path) => ADAPTERS.test(path.replaceAll("\\", "/")))) {
      write(join(dist, "esm", file), readFileSync(join(emitted, file), "utf8").replace(OUTWARD, "$1../../../types/"));
    }
    for (const [entry, file] of Object.entries(ENTRIES)) {
      const folder = ADAPTERS.test(file) ? "." : "../types";
      write(join(dist, "esm", `${entry}.d.ts`), `export * from "${folder}/${file}.js";\n`);
    }
  }
  rmSync(emitted, { recursive: true, force: true });
  return code === 0 ? written : undefined;
}

/** The declarations that a user's type checker can come to. */
function reachable(folder) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, target] of text.matchAll(RELATIVE)) visit(join(dirname(file), `${target}.d.ts`));
  };
  for (const entry of Object.values(ENTRIES)) visit(`${entry}.d.ts`);
  return [...found];
}

/**
 * Declarations of internals that a type check of the public ones passes through must not ask users to install the
 * types of better-sqlite3: nothing public shows them, so they become unknown.
 */
function hideAddonTypes(text) {
  return text
    .replace(/^import type (\w+) from "better-sqlite3";$/gm, "type $1 = unknown;")
    .replace(/^import type \{ ([^}]*) \} from "better-sqlite3";$/gm, (_, names) =>
      names
        .split(",")
        .map((name) => `type ${name.trim()} = unknown;`)
        .join("\n"),
    );
}

/** Runs a package's own command with this Node; resolves to its exit code. */
function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", script), ...args], {
      cwd: root,
      stdio: "inherit",
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}
