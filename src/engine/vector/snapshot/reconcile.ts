import { nextTurn } from "../../../values/clock.js";
import type { VectorSource } from "../contract.js";
import type { Part } from "../part.js";

/** Row ids that a snapshot is held against before the event loop gets a turn. */
const IDS_PER_SLICE = 20_000;

/**
 * Holds the rows of a snapshot against the source and marks those that are gone. Rows never change and ids are never
 * given twice, so that is all there is to catch up with; rows behind the snapshot are the caller's to read.
 *
 * @returns false when stopped, and when the source has rows among them that the snapshot lacks: it is not of this source
 */
export async function reconcile(part: Part, source: VectorSource, stopped: () => boolean): Promise<boolean> {
  let row = 0;
  for (let after = -1; row < part.rows; ) {
    const ids = source.rowIds(after, IDS_PER_SLICE);
    for (const id of ids) {
      while (row < part.rows && part.ids[row]! < id) part.removeOrdinal(row++);
      if (row === part.rows) break;
      if (part.ids[row] !== id) return false;
      row++;
    }
    if (ids.length < IDS_PER_SLICE) break;
    after = ids[ids.length - 1]!;
    await nextTurn();
    if (stopped()) return false;
  }
  while (row < part.rows) part.removeOrdinal(row++);
  return true;
}
