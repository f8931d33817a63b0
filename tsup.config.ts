import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** CommonJS entry points by output name. Workers are files of their own: they are started by path. */
function entries(): Record<string, string> {
  const workers = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("-worker.ts"))
    .map((file) => [basename(file, ".ts"), `src/${file}`]);
  return { index: "src/index.ts", expr: "src/expr/index.ts", ...Object.fromEntries(workers) };
}

/** In the bundle every worker lies beside the bundle and is named .cjs, wherever its source was. */
const workerPaths: Plugin = {
  name: "worker-paths",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace(/new URL\(\s*(["'])[^"']*?([\w-]+-worker)\.js\1/g, 'new URL("./$2.cjs"');
      return { contents, loader: "ts" };
    });
  },
};

export default defineConfig({
  entry: entries(),
  outDir: "dist/cjs",
  format: ["cjs"],
  outExtension: () => ({ js: ".cjs" }),
  platform: "node",
  target: "node22",
  bundle: true,
  splitting: false,
  clean: false,
  dts: false,
  sourcemap: false,
  silent: true,
  external: ["better-sqlite3", "hnswlib-node"],
  // ESM only, so that a bundle for `require` must contain them.
  noExternal: [/^chevrotain/, /^@chevrotain\//, /^lodash-es/],
  banner: { js: '"use strict"; const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  esbuildPlugins: [workerPaths],
  esbuildOptions(options) {
    options.define = { ...options.define, "import.meta.url": "__importMetaUrl" };
  },
});
