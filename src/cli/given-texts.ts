import { readFile } from "node:fs/promises";
import { type Arguments, UsageError } from "./arguments.js";
import { type Io, inputOf } from "./io.js";

/**
 * Options with what stands in files (`@rows.json`) and comes from the standard input (`-`) in the place of such values.
 *
 * @param taken whether an option may say so
 * @throws UsageError for a file that cannot be read, and where two want the standard input
 */
export async function readGivenTexts(
  options: Arguments["options"],
  io: Io,
  taken: (name: string) => boolean,
): Promise<Arguments["options"]> {
  const read = new Map<string, readonly string[]>();
  let input: string | undefined;
  for (const [name, values] of options) {
    if (!taken(name)) {
      read.set(name, values);
      continue;
    }
    const texts: string[] = [];
    for (const value of values) {
      if (value === "-") {
        if (input !== undefined) throw new UsageError("the standard input can be read once");
        input = await readInput(io);
        texts.push(input);
      } else texts.push(value.startsWith("@") ? await readGiven(`--${name}`, value.slice(1)) : value);
    }
    read.set(name, texts);
  }
  return read;
}

async function readInput(io: Io): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of inputOf(io)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

async function readGiven(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
}
