// How the sources are bundled, for the build and for whoever runs a source file by itself.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build, transform } from "esbuild";
import { buildStudioPage, studioPageModule } from "./studio-page.mjs";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const WORKER_CODE = /-worker-code\.ts$/;
const PAGE_CODE = /\/studio-page-code\.ts$/;
/** What the build puts in. */
const PUT_IN = /\/(?:studio-page|[^/]*-worker)-code\.ts$/;
const REQUIRE_BUNDLED = /^const requireBundled = createRequire\(import\.meta\.url\);$/m;

const FRAMEWORKS = ["@langchain/core/*", "@mastra/core/*", "ai"];

/**
 * What every bundle has in common. Native packages stay outside, and are never imported by name; so do the frameworks that the adapters
 * are for.
 */
export const COMMON = {
  absWorkingDir: root,
  bundle: true,
  external: FRAMEWORKS,
  platform: "node",
  target: "node22",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** esbuild's plugin for what the sources leave to the build. */
export const elanusSources = {
  name: "elanus-sources",
  setup({ onLoad }) {
    onLoad({ filter: PUT_IN }, async ({ path }) => ({
      contents: await (PAGE_CODE.test(path) ? pageModule() : workerModule(path, true)),
    }));
    // `require` of a bundled module runs it at the first call; createRequire would look for a file.
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      if (!REQUIRE_BUNDLED.test(text)) return undefined;
      return { contents: text.replace(REQUIRE_BUNDLED, "").replaceAll("requireBundled(", "require("), loader: "ts" };
    });
    // Half of the bundle is code of others, most of it for rare use: an import must not wait for reading its whole text.
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { ...MINIFIED, minifyIdentifiers: true });
      return { contents: code, loader: "js" };
    });
  },
};

const MINIFIED = {
  minifyWhitespace: true,
  minifySyntax: true,
  target: "node22",
  charset: "utf8",
  legalComments: "none",
};

/** Vite's plugin for the same: tests run from the sources, but threads start from bundled code. */
export const viteWorkerCode = {
  name: "elanus-worker-code",
  // What the code is made of stands in other files than the one that a cache would look at.
  configureVitest: ({ defineCacheKeyGenerator }) =>
    defineCacheKeyGenerator(({ id }) => (PUT_IN.test(id) ? false : undefined)),
  load: {
    filter: { id: PUT_IN },
    // Packing takes longer than a test.
    handler: (id) => (PAGE_CODE.test(id) ? pageModule() : workerModule(id)),
  },
};

/** Vite's plugin for frameworks: tests find them where `npm run test:frameworks` installs them. */
export const viteFrameworks = {
  name: "elanus-frameworks",
  enforce: "pre",
  resolveId: {
    filter: { id: /^(?:@langchain\/|@mastra\/|ai$|ai\/)/ },
    handler(id) {
      return this.resolve(id, join(root, "tools/frameworks/package.json"), { skipSelf: true });
    },
  },
};

async function pageModule() {
  const { files, inputs } = await buildStudioPage(root);
  for (const input of inputs) putIn.add(input);
  return studioPageModule(files);
}

/**
 * The module that holds a worker's code: one CommonJS script with everything in it.
 *
 * @param packs the code, if it is large
 */
async function workerModule(path, packs = false) {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: [path.replace(WORKER_CODE, "-worker.ts")],
    format: "cjs",
    minify: true,
    write: false,
    metafile: true,
    define: { "import.meta.url": "elanusLocation" },
    // The thread has no file of its own: it looks for packages where its parent does.
    banner: { js: '"use strict";const elanusLocation=require("node:worker_threads").workerData.location;' },
    plugins: [elanusSources],
  });
  for (const input of Object.keys(metafile.inputs)) putIn.add(input);
  const name = /([^/\\]*)-code\.ts$/.exec(path)[1];
  const code = `${outputFiles[0].text.trimEnd()}\n//# sourceURL=elanus/${name}.cjs\n`;
  const exported = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  if (!packs || code.length < PACKED_FROM) return `export const ${exported}Code = ${JSON.stringify(code)};\n`;
  const packed = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).toString("base64");
  return `export const ${exported}Code = { brotliBase64: "${packed}" };\n`;
}

/** Characters of code that are worth ten milliseconds at the start of a thread: they are a fifth of the package. */
const PACKED_FROM = 500_000;

/** Files whose text went into the code of a worker or of the page, relative to the root. */
export const putIn = new Set();

/**
 * Bundles a source file with everything it needs: benchmarks and tests look at parts that the package does not export.
 *
 * @param file relative to the root
 * @returns the bundle's URL, an ES module
 */
export async function bundleSource(file) {
  const folder = join(root, "node_modules/.cache/elanus");
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [file],
    format: "esm",
    write: false,
    plugins: [elanusSources],
  });
  const path = join(folder, file.replace(/[/\\]/g, "-").replace(/ts$/, "mjs"));
  await mkdir(folder, { recursive: true });
  // Another process may be running the same bundle: it never sees half of one.
  await writeFile(`${path}.${process.pid}`, outputFiles[0].contents);
  await rename(`${path}.${process.pid}`, path);
  return pathToFileURL(path).href;
}
