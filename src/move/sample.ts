import { createHash } from "node:crypto";
import { keysOf } from "./canonical.js";
import { both, compareKeys, keyLiteral, rangeFilter } from "./key-filter.js";
import type { CollectionName, DescribedCollection, Key, Side } from "./side.js";

/** Keys that are read at a time. */
const KEYS_AT_A_TIME = 8192;

/** Keys of a sample by partition, in ascending order. */
export type SampledKeys = ReadonlyMap<string | undefined, readonly Key[]>;

/**
 * Chooses rows by the hashes of their keys: evenly, whatever order they were made in, and the same ones each time.
 *
 * @param most rows of all partitions together
 */
export async function sampleKeys(
  from: Side,
  source: CollectionName,
  described: DescribedCollection,
  keyName: string,
  partitions: readonly (string | undefined)[],
  filter: string,
  most: number,
): Promise<SampledKeys> {
  let chosen: { readonly key: Key; readonly partition: string | undefined; readonly hash: string }[] = [];
  const prune = () => {
    chosen = chosen.sort((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, most);
  };
  for (const partition of partitions) {
    for (let after: Key | undefined; ; ) {
      const rows = await from.read({
        ...source,
        described,
        partition,
        filter: both(rangeFilter(keyName, after, undefined), filter),
        outputFields: [keyName],
        limit: KEYS_AT_A_TIME,
      });
      const keys = keysOf(rows, keyName);
      for (const key of keys) {
        chosen.push({ key, partition, hash: createHash("sha1").update(keyLiteral(key)).digest("hex") });
      }
      if (chosen.length > 2 * most) prune();
      after = keys.at(-1);
      if (after === undefined) break;
    }
  }
  prune();
  return new Map(
    partitions.map((partition) => {
      const keys = chosen.filter((row) => row.partition === partition).map(({ key }) => key);
      return [partition, keys.sort(compareKeys)];
    }),
  );
}
