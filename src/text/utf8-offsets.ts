/**
 * Where places in a text lie in its UTF-8 bytes.
 *
 * @param places offsets in UTF-16 units, in any order
 */
export function utf8Offsets(text: string, places: Iterable<number>): ReadonlyMap<number, number> {
  const offsets = new Map<number, number>();
  let at = 0;
  let bytes = 0;
  for (const place of [...new Set(places)].sort((a, b) => a - b)) {
    bytes += Buffer.byteLength(text.slice(at, place));
    at = place;
    offsets.set(place, bytes);
  }
  return offsets;
}
