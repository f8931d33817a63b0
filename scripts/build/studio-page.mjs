// The page of src/studio as files that lie in the bundle: packed, by the paths that they are asked for.
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/**
 * The files of the page.
 *
 * @param root of the repository
 * @returns what they are by their paths, and the files that their text comes from, relative to the root
 */
export async function buildStudioPage(root) {
  const source = join(root, "src/studio");
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["main.tsx", "map-worker.ts", "main.css"].map((file) => join(source, file)),
    outdir: "/studio",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox113", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const files = { "/": { type: TYPES[".html"], text: await readFile(join(source, "index.html"), "utf8") } };
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    files[`/studio/${name}`] = { type: TYPES[/\.\w+$/.exec(name)[0]], text };
  }
  return { files, inputs: Object.keys(metafile.inputs) };
}

/** The module that holds them, for `*-page-code.ts`. */
export function studioPageModule(files) {
  const packed = Object.entries(files).map(([path, { type, text }]) => [path, { type, brotliBase64: pack(text) }]);
  return `export const studioPageCode = ${JSON.stringify(Object.fromEntries(packed))};\n`;
}

function pack(text) {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).toString("base64");
}
