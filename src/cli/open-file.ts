import { existsSync } from "node:fs";
import { failure, isElanusError } from "../errors.js";
import { Elanus, type OpenOptions } from "../index.js";

export interface FileUse {
  /** The command changes nothing. */
  readonly reads: boolean;
  readonly options?: OpenOptions;
  /** A file that is not there is made. */
  readonly makes?: boolean;
  /** What the command does can only be done in this process. */
  readonly alone?: boolean;
  /** The file stays as it is, in whatever format. */
  readonly asItIs?: boolean;
}

/**
 * Opens a file for a command: by way of the process that shares it, where there is one; else a file that is there only for reading, if
 * that is enough, so that nobody is kept from writing to it.
 *
 * @throws Unavailable for a file that is not there, where none is made: a slip in a path makes none
 */
export async function openFile(
  path: string,
  { reads, makes = false, options = {}, alone = false, asItIs = false }: FileUse,
): Promise<Elanus> {
  if (!makes && path !== ":memory:" && !existsSync(path)) {
    throw failure("Unavailable", { reason: `there is no database file ${path}` });
  }
  if (!alone && path !== ":memory:") {
    try {
      return await Elanus.open(path, { ...options, shared: "join" });
    } catch (error) {
      if (!isElanusError(error, "NotShared")) throw error;
    }
  }
  if (reads && existsSync(path)) {
    try {
      return await Elanus.open(path, { ...options, readonly: true });
    } catch (error) {
      // An older format is brought to the new one by who writes.
      if (asItIs || !isElanusError(error, "Unavailable") || error.details["older"] !== true) throw error;
    }
  }
  return Elanus.open(path, options);
}
