/** Which server answers, as far as that decides what it can hold. */
export interface ServerVersion {
  /** For people: `Milvus 2.3.5`. */
  readonly name: string;
  readonly product: "Milvus" | "Milvus Lite" | "Elanus";
  /** Major, minor, patch of the Milvus that it is, or that it tracks. */
  readonly version: readonly [number, number, number];
}

/** An engine of this package. */
export const THIS_ENGINE: ServerVersion = { name: "Elanus", product: "Elanus", version: [3, 0, 0] };

/** A server from what it says of itself: `v2.6.22`, `2.5.1-lite`, `v2.6.22-elanus`. What cannot be read is taken for the newest. */
export function readServerVersion(told: string): ServerVersion {
  const [, major, minor, patch] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(told) ?? [];
  // Up to 2.3 the package of that name held a whole server.
  const lite = /lite/i.test(told) && !(major === "2" && Number(minor) < 4);
  const product = /elanus/i.test(told) ? "Elanus" : lite ? "Milvus Lite" : "Milvus";
  if (major === undefined) return { name: product, product, version: [3, 0, 0] };
  return {
    name: `${product} ${/[\d.]+/.exec(told)?.[0].replace(/\.$/, "")}`,
    product,
    version: [Number(major), Number(minor), Number(patch ?? 0)],
  };
}

/** Whether a server has what came with a version. An Elanus has all that this one has. */
export function isSince({ product, version }: ServerVersion, ...since: readonly [number, number, number?]): boolean {
  if (product === "Elanus") return true;
  for (const [i, wanted = 0] of since.entries()) {
    const has = version[i] as number;
    if (has !== wanted) return has > wanted;
  }
  return true;
}
