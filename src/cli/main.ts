import { readFileSync } from "node:fs";
import { runCli } from "./run.js";
import { prompter } from "./shell/prompter.js";

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) process.exit(1);
        told = true;
        resolve();
      });
    }
  });
}

/** The version of the package this file is part of: dist/esm/cli.js. */
function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** A reader that has gone, or a full disk: what has been said is lost, and the exit code tells. */
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== "EPIPE") process.stderr.write(`elanus: the standard output cannot be written: ${message}\n`);
  process.exitCode = 1;
});
process.stderr.on("error", () => {});

let reading = false;
const code = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  untilStopped,
  input() {
    reading = true;
    return process.stdin;
  },
  ...(process.stdin.isTTY && process.stdout.isTTY && { prompter }),
  version: packageVersion(),
  env: process.env,
  ...(process.stderr.isTTY && {
    line: {
      write: (text: string) => process.stderr.write(text),
      get columns() {
        return process.stderr.columns;
      },
    },
  }),
  colour: process.stdout.isTTY && !process.env["NO_COLOR"],
  // It may become another one meanwhile.
  get columns() {
    return (process.stdout.isTTY && process.stdout.columns) || undefined;
  },
});
process.exitCode ??= code;
// Who was told to stop reads no farther.
if (reading) process.stdin.destroy();
