import { existsSync } from "node:fs";
import { isElanusError } from "../errors.js";
import { Elanus, type OpenOptions } from "../index.js";

export interface FileUse {
  /** The command changes nothing. */
  readonly reads: boolean;
  readonly options?: OpenOptions;
  /** What the command does can only be done in this process. */
  readonly alone?: boolean;
}

/**
 * Opens a file for a command: by way of the process that shares it, where there is one; else a file that is there only for reading, if
 * that is enough, so that nobody is kept from writing to it.
 */
export async function openFile(path: string, { reads, options = {}, alone = false }: FileUse): Promise<Elanus> {
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
      // An older format is brought to the new one by who writes; what else it is said of is refused again.
      if (!isElanusError(error, "Unavailable")) throw error;
    }
  }
  return Elanus.open(path, options);
}
