// Builds the site out of docs/, with the reference of the API beside it: tools/site/dist.
//
//   node scripts/site.mjs            builds it
//   node scripts/site.mjs serve      shows the pages while they are written
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { elanusSources, root } from "./build/sources.mjs";
import { makeReference } from "./docs/reference.mjs";

const tools = join(root, "tools/site");
const dist = join(tools, "dist");

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

/** The filter language for a browser: what it takes from Node is only how packages are found, and here they are inside. */
async function bundleLanguage() {
  const shims = {
    name: "no-packages",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:(module|url)$/ }, ({ path }) => ({ path, namespace: "absent" }));
      onLoad({ filter: /.*/, namespace: "absent" }, () => ({
        contents:
          "export const Module = {}; export const createRequire = () => undefined; export const pathToFileURL = String;",
      }));
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: ["src/expr/index.ts"],
    outfile: join(tools, ".vitepress/generated/expr.js"),
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    plugins: [shims, elanusSources],
  });
}

if (!existsSync(join(tools, "node_modules"))) run("npm", ["ci", "--ignore-scripts"], tools);
await bundleLanguage();
const vitepress = join(tools, "node_modules/vitepress/bin/vitepress.js");
if (process.argv[2] === "serve") run(process.execPath, [vitepress, "dev", tools], root);
else {
  run(process.execPath, [vitepress, "build", tools], root);
  makeReference();
  cpSync(join(root, "docs/api"), join(dist, "api"), { recursive: true });
  if (!readFileSync(join(dist, "api/index.html"), "utf8").includes("Elanus")) throw new Error("there is no reference");
}
