import { failure } from "../../../errors.js";
import type {
  LookedAt,
  PreparedFilter,
  RowMask,
  SegmentHits,
  SegmentOptions,
  SegmentProgress,
  SegmentSearch,
  VectorRows,
  VectorSegment,
  VectorSource,
} from "../contract.js";
import type { CodeScale } from "../part.js";
import { Segment, type SegmentServices } from "../segment.js";
import { sampleOf, scaleOf, scaleOfSource } from "./code-scale.js";
import { CodedSearch, type ReadVectors } from "./coded-search.js";

/** A scale that fewer rows settled would fit few others. */
const LEAST_ROWS = 256;
/** Rows that go from one form to the other at a time. */
const MOVED_ROWS = 500;
/** Rows with numbers beyond the scale, and their share of all, that say that it does not fit any more. */
const CUT_ROWS = 500;
const CUT_SHARE = 0.05;

/**
 * A segment that keeps eight-bit copies of its vectors in memory, and reads the vectors themselves from the source of its rows.
 * While it is small, and where copies would be too coarse, it is an ordinary segment.
 */
export class CodedSegment implements VectorSegment {
  readonly options: SegmentOptions;
  readonly #services: SegmentServices;
  readonly #codesFrom: number;
  readonly #onClosed: () => void;
  #read: ReadVectors | undefined;
  #inner: Segment;
  #isCoded = false;
  #loading = false;
  #closed = false;
  /** Rows from which on copies are tried. */
  #tryFrom: number;

  /** @param codesFrom rows from which on the vectors themselves leave the memory */
  constructor(options: SegmentOptions, services: SegmentServices, codesFrom: number, onClosed: () => void) {
    this.options = options;
    this.#services = services;
    this.#codesFrom = Math.max(LEAST_ROWS, codesFrom);
    this.#tryFrom = this.#codesFrom;
    this.#onClosed = onClosed;
    this.#inner = this.#whole();
  }

  #whole(): Segment {
    return new Segment(this.options, this.#services, () => {});
  }

  #coded(read: ReadVectors, scale: CodeScale): Segment {
    return new Segment(this.options, this.#services, () => {}, {
      memory: "codes",
      search: (part) => new CodedSearch(part, read),
      begin: (part) => {
        part.scale = scale;
      },
    });
  }

  #become(segment: Segment, isCoded: boolean): void {
    this.#inner.close();
    this.#inner = segment;
    this.#isCoded = isCoded;
  }

  get size(): number {
    return this.#inner.size;
  }

  async load(
    source: VectorSource,
    signal: { readonly aborted: boolean },
    progress: (fraction: number) => void,
  ): Promise<void> {
    const read = source.vectorsOf?.bind(source);
    this.#read = read;
    this.#loading = true;
    try {
      const stopped = () => signal.aborted || this.#closed;
      const rows = source.count();
      const scale =
        read !== undefined && rows >= this.#codesFrom
          ? await scaleOfSource(this.options, source, read, rows, stopped)
          : undefined;
      if (stopped()) return;
      if (read !== undefined && scale !== undefined) this.#become(this.#coded(read, scale), true);
      else this.#tryFrom = Math.max(this.#tryFrom, 2 * rows);
      await this.#inner.load(source, signal, progress);
    } finally {
      this.#loading = false;
    }
  }

  append(rowIds: Float64Array, vectors: VectorRows): void {
    if (this.#loading) return;
    this.#inner.append(rowIds, vectors);
    if (this.#isCoded) this.#mustFit();
    else if (this.size >= this.#tryFrom) this.#tryCodes();
  }

  /** @throws Internal where the data has left the scale: whoever follows the writes reads the rows anew then */
  #mustFit(): void {
    const part = this.#inner.parts.at(-1);
    const cut = part?.scale[3] ?? 0;
    if (part !== undefined && cut > CUT_ROWS && cut > part.rows * CUT_SHARE) {
      throw failure("Internal", { reason: "the scale of the eight-bit copies does not fit the vectors any more" });
    }
  }

  #tryCodes(): void {
    const { parts } = this.#inner;
    const sample = sampleOf(parts);
    const read = this.#read;
    const scale = scaleOf(this.options, sample, sample.length);
    if (read === undefined || scale === undefined) {
      this.#tryFrom = 2 * this.size;
      return;
    }
    const coded = this.#coded(read, scale);
    for (const part of parts) {
      for (let from = 0; from < part.rows; from += MOVED_ROWS) {
        const ordinals = part.liveOrdinals(from, Math.min(part.rows, from + MOVED_ROWS));
        coded.append(
          Float64Array.from(ordinals, (ordinal) => part.ids[ordinal]!),
          Array.from(ordinals, (ordinal) => part.vectorOf(ordinal)),
        );
      }
    }
    this.#become(coded, true);
  }

  remove(rowIds: Float64Array): number {
    return this.#inner.remove(rowIds);
  }

  clear(): void {
    this.#inner.clear();
    if (this.#isCoded && !this.#loading) this.#become(this.#whole(), false);
    this.#tryFrom = this.#codesFrom;
  }

  prepare(rowIds: Float64Array): PreparedFilter {
    return this.#inner.prepare(rowIds);
  }

  prepareMask(mask: RowMask): PreparedFilter {
    return this.#inner.prepareMask(mask);
  }

  search(query: Uint8Array, request: SegmentSearch): SegmentHits {
    return this.#inner.search(query, request);
  }

  looksAt(request: SegmentSearch): LookedAt {
    return this.#inner.looksAt(request);
  }

  within(query: Uint8Array, score: number, filter?: PreparedFilter): SegmentHits {
    return this.#inner.within(query, score, filter);
  }

  progress(): SegmentProgress {
    return this.#inner.progress();
  }

  idle(): Promise<void> {
    return this.#inner.idle();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inner.close();
    this.#onClosed();
  }
}
