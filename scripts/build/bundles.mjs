import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { build, transform } from "esbuild";
import { COMMON, elanusSources, putIn, root } from "./sources.mjs";

const ENTRIES = {
  index: "src/index.ts",
  expr: "src/expr/index.ts",
  testing: "src/testing/index.ts",
  langchain: "src/adapters/langchain/index.ts",
  mastra: "src/adapters/mastra/index.ts",
  ai: "src/adapters/ai/index.ts",
  cli: "src/cli/main.ts",
};
/** A command is started, never required. */
const ESM_ONLY = new Set(["cli"]);

/**
 * Writes dist/esm: one bundle per entry, chunks for what they share and for what is imported when first needed; and
 * dist/cjs: the same files, each turned into CommonJS.
 *
 * @returns the files written and, relative to the root, the files whose text is in them
 */
export async function writeBundles(dist) {
  const esm = join(dist, "esm");
  const { metafile, outputFiles } = await build({
    ...COMMON,
    entryPoints: ENTRIES,
    format: "esm",
    // Names are kept, for stack traces; spaces and longer ways to say the same are not, for they are a seventh of the package.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 500,
    splitting: true,
    outdir: esm,
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
    write: false,
    plugins: [elanusSources],
  });
  const written = [];
  const write = async (path, text) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    written.push(path);
  };
  for (const { path, text } of outputFiles) await write(path, text);

  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [join(root, path), output]),
  );
  const commonJs = new Set();
  const follow = (path) => {
    if (commonJs.has(path)) return;
    commonJs.add(path);
    for (const { path: imported, external } of outputs[path].imports) if (!external) follow(join(root, imported));
  };
  for (const name of Object.keys(ENTRIES)) if (!ESM_ONLY.has(name)) follow(join(esm, `${name}.js`));
  for (const path of commonJs) {
    await write(join(dist, "cjs", relative(esm, path)), await toCommonJs(await readFile(path, "utf8")));
  }
  await write(join(dist, "cjs/package.json"), '{"type":"commonjs"}\n');
  // The text of the largest worker and that of the page are packed once.
  for (const path of commonJs) {
    const [name, what] = /^(engine-worker|studio-page)-code-.*/.exec(basename(path)) ?? [];
    if (name === undefined) continue;
    const exported = `${what.replace(/-(.)/, (_, letter) => letter.toUpperCase())}Code`;
    await writeFile(path, `export { ${exported} } from "../../cjs/chunks/${name}";\n`);
  }
  return { written, inputs: new Set([...Object.keys(metafile.inputs), ...putIn]) };
}

/**
 * Between the files imports stay imports of files, so that what is loaded late in one form is in the other. The text is
 * there a second time: it is minified, dist/esm is the one with names to debug by.
 */
async function toCommonJs(text) {
  const usesLocation = text.includes("import.meta.url");
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: COMMON.target,
    charset: "utf8",
    legalComments: "none",
    minify: true,
    // Test runners that load CommonJS often cannot import().
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "elanusLocation" },
    banner: usesLocation ? 'const elanusLocation = require("node:url").pathToFileURL(__filename).href;' : "",
  });
  return code;
}
