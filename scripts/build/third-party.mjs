import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./sources.mjs";

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The licences of the packages whose code is in the bundles.
 *
 * @param inputs files that were bundled, relative to the root
 * @throws when a package comes without a licence text: it must not be shipped then
 */
export function thirdPartyNotice(inputs) {
  const folders = new Set();
  for (const file of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return `${"=".repeat(80)}\n${name} ${version} (${license})\n${"=".repeat(80)}\n\n${licenceText(folder)}\n`;
  });
  return ["The files of this folder contain code of the packages below, under their own licences.", ...sections].join(
    "\n\n",
  );
}

/** Of a package that comes without a text it lies in `licences/`. */
function licenceText(folder) {
  const files = readdirSync(join(root, folder)).filter((file) => LICENCE_FILE.test(file));
  const paths = files.map((file) => join(root, folder, file));
  const kept = join(import.meta.dirname, "licences", `${folder.split("node_modules/").at(-1).replace("/", "+")}.txt`);
  if (paths.length === 0 && existsSync(kept)) paths.push(kept);
  if (paths.length === 0) throw new Error(`${folder} has no licence text`);
  return paths.map((path) => readFileSync(path, "utf8").trim()).join("\n\n");
}
