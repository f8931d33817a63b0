import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";

/** What a real shell offers when Tab is pressed, by the script that `elanus completion` prints and the built command. */

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Asks a shell without a terminal for what may stand at the end of a line. */
const ASK: Readonly<Record<string, (line: string, folder: string) => readonly string[]>> = {
  bash: (line, folder) => [
    "--norc",
    "-c",
    `source ${folder}/script; COMP_WORDS=(${line}${line.endsWith(" ") ? ' ""' : ""}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _elanus; printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  // The completion runs where a line is edited only: its own commands are asked in their place.
  zsh: (line, folder) => [
    "-f",
    "-c",
    `compdef() { :; }; _files() { print -r -- FILES; }; compadd() { shift; print -rl -- "$@"; }
     source ${folder}/script; words=(${line}${line.endsWith(" ") ? ' ""' : ""}); CURRENT=\${#words}; _elanus`,
  ],
  fish: (line, folder) => ["--no-config", "-c", `source ${folder}/script; complete -C '${line}'`],
};

describe.each(Object.keys(ASK))("completion in %s", (shell) => {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  if (!isThere) console.log(`skipped: completion in ${shell}, which is not installed`);

  it.runIf(isThere)("offers groups, actions and options, and files where a value stands", () => {
    const folder = dirname(temporaryPath());
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "elanus"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(join(bin, "elanus"), 0o755);
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, HOME: folder, XDG_CONFIG_HOME: folder };
    const printed = spawnSync(process.execPath, [cli, "completion", shell], { encoding: "utf8" });
    writeFileSync(join(folder, "script"), printed.stdout);
    writeFileSync(join(folder, "my books.db"), "");
    const offered = (line: string): string[] => {
      const asked = ASK[shell]?.(line, folder) ?? [];
      const { stdout, stderr } = spawnSync(shell, asked, { encoding: "utf8", env, cwd: folder });
      expect(stderr).toBe("");
      // Fish tells of each what it is, behind a tab.
      return stdout.split("\n").flatMap((word) => (word === "" ? [] : [word.split("\t")[0] as string]));
    };
    expect(offered("elanus coll")).toEqual(["collections"]);
    expect(offered("elanus partitions ")).toEqual(expect.arrayContaining(["create", "drop", "get-stats", "release"]));
    expect(offered("elanus partitions drop --coll")).toEqual(["--collection-name"]);
    expect(offered("elanus serve --sha")).toEqual(["--shared"]);
    expect(offered("elanus studio --wr")).toEqual(["--write"]);
    if (shell === "zsh") expect(offered("elanus check ")).toEqual(["FILES"]);
    if (shell === "fish") expect(offered("elanus check my").join()).toContain("books.db");
  });
});
