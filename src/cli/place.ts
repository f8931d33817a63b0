import { existsSync } from "node:fs";
import { failure, isElanusError } from "../errors.js";
import { Elanus, type OpenOptions } from "../index.js";
import { type Arguments, optionValue, UsageError } from "./arguments.js";

/** Where a command finds its data: a file, or a server. */
export type Place = { readonly path: string } | { readonly url: string; readonly token: string | undefined };

/** The options that say so. */
export const PLACE_VALUES: readonly string[] = ["path", "url", "token"];

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
  if (url !== undefined || /^https?:\/\//i.test(only)) return { url: only, token };
  if (token !== undefined) throw new UsageError("--token is for a server: --url <address>");
  return { path: only };
}

export interface PlaceUse {
  /** The command changes nothing. */
  readonly reads: boolean;
  /** A file that is not there is made. */
  readonly makes?: boolean;
  readonly options?: OpenOptions;
}

/**
 * Opens it for a command: a file only for reading where that is enough, so that nobody is kept from writing to it.
 *
 * @throws Unavailable for a file that is not there: a slip in a path makes none
 */
export async function openPlace(place: Place, { reads, makes = false, options = {} }: PlaceUse): Promise<Elanus> {
  if ("url" in place) return Elanus.open(place.url, place.token === undefined ? {} : { token: place.token });
  const { path } = place;
  const isFile = path !== ":memory:";
  if (isFile && !makes && !existsSync(path)) {
    throw failure("Unavailable", { reason: `there is no database file ${path}` });
  }
  if (!reads || !isFile || !existsSync(path)) return Elanus.open(path, options);
  try {
    return await Elanus.open(path, { ...options, readonly: true });
  } catch (error) {
    // An older format is brought to the new one by who writes; what else it is said of is refused again.
    if (!isElanusError(error, "Unavailable")) throw error;
    return Elanus.open(path, options);
  }
}
