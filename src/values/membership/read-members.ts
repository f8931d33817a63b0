import { BLOOM_MAGIC, BloomFilter } from "./bloom-filter.js";
import { type Members, MembersFault } from "./members.js";
import { ROARING_MAGIC, RoaringBitmap } from "./roaring-bitmap.js";

/**
 * The set that bytes hold, by the letters they begin with. The bytes are kept: they must not change.
 *
 * @throws MembersFault
 */
export function readMembers(bytes: Uint8Array): Members {
  if (bytes.length < 4) {
    throw new MembersFault(`membership filter blob is ${bytes.length} bytes, too short to carry a format header`);
  }
  switch (String.fromCharCode(...bytes.subarray(0, 4))) {
    case BLOOM_MAGIC:
      return new BloomFilter(bytes);
    case ROARING_MAGIC:
      return new RoaringBitmap(bytes);
    default:
      throw new MembersFault(
        "membership filter blob has unknown format magic; " +
          `supported formats are "${BLOOM_MAGIC}" (bloom) and "${ROARING_MAGIC}" (roaring)`,
      );
  }
}
