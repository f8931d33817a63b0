// Writes docs/errors.md, which is checked in, and docs/api, the reference made from the comments of the public names.
//
//   node scripts/docs.mjs [errors]      errors: the first only
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build/sources.mjs";
import { errorsPage, errorsPath } from "./docs/errors.mjs";

writeFileSync(errorsPath, await errorsPage());

if (process.argv[2] !== "errors") makeReference();

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
