import type {
  FrozenSegment,
  LookedAt,
  PreparedFilter,
  SegmentHits,
  SegmentOptions,
  SegmentProgress,
  SegmentSearch,
  VectorRows,
  VectorSegment,
  VectorSource,
} from "../contract.js";
import type { Segment } from "../segment.js";
import { ElementSource, elementsOf, elementsOfRows } from "./element-ids.js";

/** A segment whose rows are lists of vectors, all of which are in a segment of their own. */
export abstract class ListSegment implements VectorSegment {
  readonly options: SegmentOptions;
  protected readonly elements: Segment;

  constructor(options: SegmentOptions, elements: Segment) {
    this.options = options;
    this.elements = elements;
  }

  abstract get size(): number;
  abstract search(query: Uint8Array, request: SegmentSearch): SegmentHits;
  abstract within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits;

  looksAt(request: SegmentSearch): LookedAt {
    return this.elements.looksAt(request);
  }

  load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    return this.elements.load(new ElementSource(source, this.options.vectorBytes), signal, progress);
  }

  append(rowIds: Float64Array, lists: VectorRows): void {
    const { rowIds: ids, vectors } = elementsOf(rowIds, lists as readonly Uint8Array[], this.options.vectorBytes);
    this.elements.append(ids, vectors);
  }

  remove(rowIds: Float64Array): number {
    return this.elements.remove(elementsOfRows(this.elements.parts, rowIds));
  }

  clear(): void {
    this.elements.clear();
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    return this.elements.prepare(elementsOfRows(this.elements.parts, rowIds));
  }

  prepareElements(ids: Float64Array): PreparedFilter {
    return this.elements.prepare(ids);
  }

  thaw(frozen: FrozenSegment): void {
    this.elements.thaw(frozen);
  }

  /** By the options of the lists. */
  freeze(): FrozenSegment | undefined {
    const frozen = this.elements.freeze();
    return frozen && { ...frozen, options: this.options };
  }

  progress(): SegmentProgress {
    return this.elements.progress();
  }

  idle(): Promise<void> {
    return this.elements.idle();
  }

  close(): void {
    this.elements.close();
  }
}
