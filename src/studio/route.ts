import { useEffect, useState } from "preact/hooks";

export const TABS = ["rows", "search", "schema", "partitions", "map", "recall"] as const;
export type Tab = (typeof TABS)[number];

/** Where in the page its user is: what stands behind `#`. */
export interface Place {
  readonly database: string;
  readonly collection: string | undefined;
  readonly tab: Tab;
  /** The memory of the whole store. */
  readonly memory: boolean;
  /** The key of the row that others are to be found by. */
  readonly like: string | undefined;
}

export function readPlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [database = "", collection = "", tab = ""] = path.split("/").map(decoded);
  return {
    database: database === "" ? "default" : database,
    collection: collection === "" || collection === "*memory" ? undefined : collection,
    tab: TABS.find((name) => name === tab) ?? "rows",
    memory: collection === "*memory",
    like: new URLSearchParams(query).get("like") ?? undefined,
  };
}

/** What people write into an address need not be well formed. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function placeOf(database: string, collection = "", tab: Tab = "rows", like?: string): string {
  const query = like === undefined ? "" : `?like=${encodeURIComponent(like)}`;
  return `#/${encodeURIComponent(database)}/${encodeURIComponent(collection)}/${tab}${query}`;
}

export function memoryPlace(database: string): string {
  return `#/${encodeURIComponent(database)}/*memory`;
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return place;
}
