import type { LoadedPartition } from "../load/loaded-partition.js";
import type { TermStatistics } from "../vector/contract.js";
import type { QueryVector } from "./search-plan.js";

/** Search by words: what each word of a query weighs in the texts at hand (BM25). */

const ENTRY_BYTES = 8;

/**
 * Weighs the terms of queries by how rare they are among all rows of the loaded partitions, whatever a filter or partition
 * names select of them.
 *
 * @param queries term vectors: how often each term occurs in the query
 */
export function weighTexts(
  queries: readonly QueryVector[],
  loaded: readonly LoadedPartition[],
  fieldId: number,
  dropRatio: number,
): { readonly vectors: readonly QueryVector[]; readonly averageLength: number } {
  const statistics = (terms: Uint32Array): TermStatistics =>
    summed(
      loaded.flatMap((partition) => partition.segments.get(fieldId)?.termStatistics?.(terms) ?? []),
      terms.length,
    );
  const { documents, totalLength } = statistics(new Uint32Array(0));
  const vectors = queries.map((query) => {
    if (query === null) return null;
    const entries = entriesOf(query);
    const { rowsWith } = statistics(Uint32Array.from(entries, ([term]) => term));
    const weighed = entries.map(([term, count], i): Entry => {
      const withTerm = rowsWith[i] as number;
      return [term, withTerm === 0 ? 0 : Math.fround(count * inverseDocumentFrequency(documents, withTerm))];
    });
    return toBytes(
      dropWeakest(
        weighed.filter(([, weight]) => weight > 0),
        dropRatio,
      ),
    );
  });
  return { vectors, averageLength: Math.max(1, documents === 0 ? 0 : totalLength / documents) };
}

/** A query vector without its weakest entries (`drop_ratio_search`). */
export function withoutWeakest(query: Uint8Array, dropRatio: number): Uint8Array {
  return dropRatio === 0 ? query : toBytes(dropWeakest(entriesOf(query), dropRatio));
}

type Entry = readonly [term: number, weight: number];

/** Always above 0, also for a term that every row has. */
function inverseDocumentFrequency(documents: number, withTerm: number): number {
  return Math.log(1 + (documents - withTerm + 0.5) / (withTerm + 0.5));
}

/** Drops what weighs less than the entry that the ratio points at; entries of the same weight stay. */
function dropWeakest(entries: readonly Entry[], ratio: number): readonly Entry[] {
  const n = Math.floor(ratio * entries.length);
  if (n === 0) return entries;
  const weights = entries.map(([, weight]) => Math.abs(weight)).sort((a, b) => a - b);
  const threshold = weights[n] as number;
  return entries.filter(([, weight]) => Math.abs(weight) >= threshold);
}

function summed(parts: readonly TermStatistics[], terms: number): TermStatistics {
  const rowsWith = new Float64Array(terms);
  let documents = 0;
  let totalLength = 0;
  for (const part of parts) {
    documents += part.documents;
    totalLength += part.totalLength;
    for (let i = 0; i < terms; i++) rowsWith[i] = (rowsWith[i] as number) + (part.rowsWith[i] as number);
  }
  return { documents, totalLength, rowsWith };
}

function entriesOf(bytes: Uint8Array): readonly Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / ENTRY_BYTES }, (_, i) => [
    view.getUint32(i * ENTRY_BYTES, true),
    view.getFloat32(i * ENTRY_BYTES + 4, true),
  ]);
}

function toBytes(entries: readonly Entry[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(entries.length * ENTRY_BYTES));
  for (const [i, [term, weight]] of entries.entries()) {
    view.setUint32(i * ENTRY_BYTES, term, true);
    view.setFloat32(i * ENTRY_BYTES + 4, weight, true);
  }
  return new Uint8Array(view.buffer);
}
