// Writes docs/errors.md and docs/without-effect.md, which are checked in, and docs/api, the reference made from the comments of
// the public names.
//
//   node scripts/docs.mjs [errors|fields]      only the first, only the second
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build/sources.mjs";
import { errorsPage, errorsPath } from "./docs/errors.mjs";
import { withoutEffectPage, withoutEffectPath } from "./docs/without-effect.mjs";

const only = process.argv[2];
if (only !== "fields") writeFileSync(errorsPath, await errorsPage());
if (only !== "errors") writeFileSync(withoutEffectPath, await withoutEffectPage());
if (only === undefined) makeReference();

function makeReference() {
  const tools = join(root, "tools/docs");
  const run = (command, args, cwd) => {
    const { status } = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  };
  if (!existsSync(join(tools, "node_modules"))) run("npm", ["ci"], tools);
  run(
    process.execPath,
    [join(tools, "node_modules/typedoc/bin/typedoc"), "--options", join(tools, "typedoc.json")],
    root,
  );
}
