import { stringifyJson } from "../api/json.js";
import { Elanus } from "../index.js";
import { isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";

const USAGE = "Usage: elanus rekey <file.db> [--key-file <file>] [--new-key-file <file>] [--decrypt]";
const HELP = `${USAGE}

Encrypts a file that nobody has open with another key, a file that is not encrypted with its first one, or decrypts it.

  --key-file <file>        has the key that it has now; or ELANUS_KEY in the environment
  --new-key-file <file>    has the key that it gets; or ELANUS_NEW_KEY in the environment
  --decrypt                it gets none
`;
const VALUES: readonly string[] = ["path", KEY_FILE, "new-key-file"];
const FLAGS: readonly string[] = ["decrypt", "help"];
export const REKEY_OPTIONS: readonly string[] = [...VALUES, ...FLAGS];

/** `elanus rekey app.db --new-key-file secret.txt` */
export async function rekey(argv: readonly string[], io: Io): Promise<number> {
  const { words, options } = readArguments(
    argv,
    (name) => (VALUES.includes(name) ? "value" : FLAGS.includes(name) ? "flag" : undefined),
    REKEY_OPTIONS,
  );
  if (options.has("help")) {
    io.out(HELP);
    return 0;
  }
  const path = words[1] ?? optionValue(options, "path");
  if (path === undefined || words.length > 2) throw new UsageError("rekey needs one file", USAGE);
  const { key: newKey } = keyOf(options, io, "new-key-file", "ELANUS_NEW_KEY");
  const decrypts = isSet(options, "decrypt");
  if ((newKey === undefined) !== decrypts) {
    throw new UsageError("rekey needs --new-key-file (or ELANUS_NEW_KEY), or --decrypt", USAGE);
  }
  await Elanus.rekey(path, { ...keyOf(options, io), ...(newKey !== undefined && { newKey }) });
  io.out(`${stringifyJson({ code: 0, data: {} })}\n`);
  return 0;
}
