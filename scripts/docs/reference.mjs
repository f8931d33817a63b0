import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/sources.mjs";

/** Makes docs/api, the reference, from the comments of the public names. */
export function makeReference() {
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
