// Builds dist/: bundles for both module formats, one set of declarations, the command line entry.
//
// Files are overwritten in place and what this build did not write is removed at the end, so that
// a process that runs from dist/ meanwhile never finds it empty.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeBundles } from "./build/bundles.mjs";
import { writeDeclarations } from "./build/declarations.mjs";
import { root } from "./build/sources.mjs";
import { thirdPartyNotice } from "./build/third-party.mjs";

const dist = join(root, "dist");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

mkdirSync(dist, { recursive: true });
const [bundles, declarations] = await Promise.all([writeBundles(dist), writeDeclarations(dist)]);
const cli = join(dist, "cli.js");
writeFileSync(cli, '#!/usr/bin/env node\nimport "./esm/cli.js";\n');
chmodSync(cli, 0o755);
const notice = join(dist, "THIRD-PARTY.txt");
writeFileSync(notice, thirdPartyNotice(bundles.inputs));

if (declarations === undefined) {
  console.error(`elanus ${version}: the sources have errors, the declarations are those of an earlier build`);
  process.exitCode = 1;
} else {
  const written = new Set([...bundles.written, ...declarations, cli, notice]);
  for (const file of files(dist)) if (!written.has(file)) rmSync(file);
  console.log(`elanus ${version} built`);
}

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
