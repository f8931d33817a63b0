import { Readable } from "node:stream";
import { runCli } from "../../src/cli/run.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs the command in this process.
 *
 * @param untilStopped resolves when its user stops it; default: never
 * @param onOut is told what it prints as it comes
 * @param input its standard input
 */
export async function runCommand(
  argv: readonly string[],
  untilStopped: () => Promise<void> = () => new Promise(() => {}),
  onOut: (text: string) => void = () => {},
  input: string | AsyncIterable<Uint8Array> = "",
): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await runCli([...argv], {
    out: (text) => {
      out += text;
      onOut(text);
    },
    err: (text) => {
      err += text;
    },
    untilStopped,
    input: () => (typeof input === "string" ? Readable.from([Buffer.from(input)]) : input),
    version: "1.2.3",
  });
  return { code, out, err };
}
