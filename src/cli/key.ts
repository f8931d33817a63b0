import { readFileSync } from "node:fs";
import { type Arguments, optionValue, UsageError } from "./arguments.js";
import type { Io } from "./io.js";

/** Where the key of an encrypted file comes from: never from an argument, which every user of the machine can read. */
export const KEY_FILE = "key-file";

/**
 * The key that a file names, or the environment.
 *
 * @param option names the file
 * @param variable of the environment, where the option is not given
 */
export function keyOf(
  options: Arguments["options"],
  { env }: Io,
  option = KEY_FILE,
  variable = "ELANUS_KEY",
): { readonly key?: string } {
  const file = optionValue(options, option);
  if (file === undefined) {
    const key = env?.[variable];
    return key === undefined || key === "" ? {} : { key };
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`);
  }
  // Editors end a file with a line.
  const key = text.replace(/\r?\n$/, "");
  if (key === "") throw new UsageError(`--${option}: ${file} is empty`);
  return { key };
}
