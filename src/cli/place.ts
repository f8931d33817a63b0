import { Elanus } from "../index.js";
import { type Arguments, optionValue, UsageError } from "./arguments.js";
import { KEY_FILE } from "./key.js";
import { type FileUse, openFile } from "./open-file.js";

/** Where a command finds its data: a file, or a server. */
export type Place = { readonly path: string } | { readonly url: string; readonly token: string | undefined };

/** The options that say so. */
export const PLACE_VALUES: readonly string[] = ["path", KEY_FILE, "url", "token"];

/** @param words of which the first may be the file or the address @throws UsageError */
export function placeOf(words: readonly string[], options: Arguments["options"]): Place {
  if (words.length > 1) throw new UsageError(`unexpected argument ${words[1]}`);
  const url = optionValue(options, "url");
  const path = optionValue(options, "path");
  const token = optionValue(options, "token");
  const given = [words[0], url, path].filter((one) => one !== undefined);
  if (given.length === 0) throw new UsageError("which database file? (--path <file>, or --url <address> of a server)");
  if (given.length > 1) throw new UsageError(`one of ${given.join(" and ")} is meant, not both`);
  const [only = ""] = given;
  if (/^https?:\/\//i.test(only)) return { url: only, token };
  // The text of `--url` may have a password in it.
  if (url !== undefined) throw new UsageError("--url must be http://host:port or https://host");
  if (token !== undefined) throw new UsageError("--token is for a server: --url <address>");
  return { path: only };
}

/** Opens it for a command. @throws Unavailable for a file that is not there, where none is made */
export async function openPlace(place: Place, use: FileUse): Promise<Elanus> {
  if ("path" in place) return openFile(place.path, use);
  return Elanus.open(place.url, place.token === undefined ? {} : { token: place.token });
}
