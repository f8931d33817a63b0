import type { Elanus } from "../index.js";
import type { Ask } from "../inspect/recall.js";
import { methodOf } from "../namespaces.js";

/** Asks a database by the paths of REST v2. @param signal gives the questions up @throws ElanusError */
export function askOf(db: Elanus, signal?: AbortSignal): Ask {
  return async (path, body) => {
    const data = await methodOf(db, path)(body, signal === undefined ? {} : { signal });
    const { topks } = data as { readonly topks?: readonly number[] };
    return { data, ...(topks !== undefined && { topks }) };
  };
}
