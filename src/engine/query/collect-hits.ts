import { Slices } from "../../values/slices.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { Bucket, BucketLevel, RecordBatch, SearchHits, StoredColumn, StoredValue } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import { type ColumnHead, columnHead, columnSchema } from "../entities/growing-column.js";
import type { ColumnReader } from "../entities/read-columns.js";
import { bytesOfValues } from "../model/answer-size.js";
import type { Collection } from "../model/collection.js";
import { type FieldSchema, primaryField } from "../model/schema.js";
import { withHits } from "./aggregation/buckets.js";
import { checkReplyBytes, rowBytes } from "./check-limits.js";
import { fieldValues } from "./field-values.js";
import type { GroupValues } from "./group-key.js";
import { measuredInSlices } from "./measured-in-slices.js";
import { columnReader, isEmptyOutput, isKeyOnly, type Output, recordBatch } from "./output.js";
import type { QueryContext } from "./query-context.js";
import type { HitKey, RankedHits } from "./ranked-hits.js";

/** What the hits of a search look like to its caller. */
export interface Presentation {
  readonly collection: Collection;
  readonly table: EntityTable;
  readonly output: Output;
  /** The columns that show the groups of the hits. */
  readonly groupedBy: readonly ColumnHead[] | undefined;
  /** What buckets show, where hits stand in buckets. */
  readonly levels?: readonly BucketLevel[] | undefined;
  readonly score: (score: number) => number;
  /** Text fields whose words are marked. */
  readonly highlights: readonly HighlightedField[];
}

/** A text field whose words are marked. */
export interface HighlightedField {
  readonly field: FieldSchema;
  /** How the texts of the hits of one query are marked. */
  readonly fragments: (query: number) => (text: string) => readonly string[];
}

/** What is shown of the hits of a query is read in pieces of so many bytes, between which the event loop may run. */
const PIECE_BYTES = 1024 * 1024;
/** After so many starts that a write has spoilt the rest is done in one stretch, however long. */
const MAX_STARTS = 3;

const NO_BUCKETS: readonly Bucket[] = [];

/** Gathers the hits of all query vectors, and their output fields. */
class HitCollector {
  readonly #presentation: Presentation;
  readonly #reader: ColumnReader | undefined;
  readonly #topks: number[] = [];
  readonly #ids: HitKey[] = [];
  readonly #scores: number[] = [];
  #elements: number[] | undefined;
  readonly #groups: GroupValues[] = [];
  readonly #buckets: (readonly Bucket[])[] = [];
  readonly #fragments: readonly (readonly string[])[][];
  /** Of keys and of marked texts. */
  #textBytes = 0;
  /** Of what buckets tell of themselves. */
  #valueBytes = 0;

  constructor(presentation: Presentation) {
    const { table, output } = presentation;
    this.#presentation = presentation;
    this.#fragments = presentation.highlights.map(() => []);
    this.#reader = isEmptyOutput(output) || isKeyOnly(output) ? undefined : columnReader(table, output);
  }

  get sizeBytes(): number {
    return this.#ids.length * 16 + this.#textBytes + this.#valueBytes + (this.#reader?.sizeBytes ?? 0);
  }

  /** Rows that are read at once: what is shown of more is read in pieces. */
  get pieceRows(): number {
    return this.#reader === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor(PIECE_BYTES / rowBytes(this.#presentation.output)));
  }

  /** The hits of the next query vector. */
  add(found: QueryHits): void {
    this.#note(found, this.#reader?.addByRowId(found.hits.rowIds));
  }

  /**
   * The same in pieces.
   * @param pause called before each but the first
   * @returns whether all rows were still there; if not, and others may write, it is to be begun anew with another collector
   */
  async addInPieces(found: QueryHits, pause: () => Promise<void> | undefined): Promise<boolean> {
    const { rowIds } = found.hits;
    const gone = new Set<number>();
    const { pieceRows } = this;
    for (let from = 0; from < rowIds.length; from += pieceRows) {
      if (from > 0) await pause();
      const missing = this.#reader?.addByRowId(rowIds.slice(from, from + pieceRows)) ?? [];
      for (const position of missing) gone.add(from + position);
    }
    this.#note(found, gone.size === 0 ? undefined : gone);
    return gone.size === 0;
  }

  #note(
    { hits: { rowIds, keys, scores, elements }, groups, buckets = NO_BUCKETS }: QueryHits,
    gone: ReadonlySet<number> | undefined,
  ): void {
    const { score } = this.#presentation;
    const places: (number | undefined)[] | undefined = buckets.length === 0 ? undefined : [];
    if (elements !== undefined) this.#elements ??= [];
    for (let i = 0; i < keys.length; i++) {
      // A reader beside a writer may come too late for a row.
      if (gone?.has(i) === true) continue;
      if (places !== undefined) places[i] = this.#ids.length;
      const key = keys[i] as HitKey;
      this.#ids.push(key);
      if (typeof key === "string") this.#textBytes += key.length;
      this.#scores.push(score(scores[i] as number));
      if (elements !== undefined) this.#elements?.push(elements[i] as number);
      if (groups !== undefined) this.#groups.push(groups[i] as GroupValues);
    }
    this.#buckets.push(places === undefined ? NO_BUCKETS : withHits(buckets, (hit) => places[hit]));
    this.#valueBytes += bytesOf(buckets);
    if (this.#fragments.length > 0) this.#mark(rowIds, gone);
    this.#topks.push(keys.length - (gone?.size ?? 0));
  }

  #mark(rowIds: readonly number[], gone: ReadonlySet<number> | undefined): void {
    const { highlights, table } = this.#presentation;
    for (const [f, { field, fragments }] of highlights.entries()) {
      const mark = fragments(this.#topks.length);
      for (const [i, text] of fieldValues(table, field, rowIds).entries()) {
        if (gone?.has(i) === true) continue;
        const marked = typeof text === "string" ? mark(text) : [];
        this.#fragments[f]?.push(marked);
        for (const fragment of marked) this.#textBytes += fragment.length;
      }
    }
  }

  hits(): SearchHits {
    const { collection, output, groupedBy, levels, highlights } = this.#presentation;
    const fields: RecordBatch = this.#reader === undefined ? this.#keys() : recordBatch(this.#reader, output);
    const hits: SearchHits = {
      topks: this.#topks,
      ids: this.#ids,
      scores: this.#scores,
      fields,
      primaryKey: columnSchema(primaryField(collection.schema)),
    };
    if (groupedBy === undefined && levels === undefined && highlights.length === 0 && this.#elements === undefined) {
      return hits;
    }
    const groups = groupedBy?.map((head, key): StoredColumn => {
      return { ...head, values: this.#groups.map((values) => values[key] as StoredValue) };
    });
    return {
      ...hits,
      ...(this.#elements === undefined ? {} : { elements: this.#elements }),
      ...(groups === undefined ? {} : { groups }),
      ...(levels === undefined ? {} : { aggregated: { levels, buckets: this.#buckets } }),
      ...(highlights.length === 0
        ? {}
        : {
            highlights: highlights.map(({ field }, f) => ({ name: field.name, fragments: this.#fragments[f] ?? [] })),
          }),
    };
  }

  /** The keys of the hits, if they are asked for: nothing else needs to be read for them. */
  #keys(): RecordBatch {
    const { fields, names } = this.#presentation.output;
    return {
      rowCount: this.#ids.length,
      columns: fields.map((key) => ({ ...columnHead(key), values: this.#ids })),
      outputFields: names,
    };
  }
}

function bytesOf(buckets: readonly Bucket[]): number {
  let bytes = 0;
  for (const { key, metrics, subGroups } of buckets)
    bytes += bytesOfValues(key) + bytesOfValues(metrics) + bytesOf(subGroups);
  return bytes;
}

/** The hits of one query vector, and the group of each where they are grouped. */
export interface QueryHits {
  readonly hits: RankedHits;
  /** Those that they stand in. */
  readonly buckets?: readonly Bucket[];
  readonly groups: readonly GroupValues[] | undefined;
}

/** What is to be answered, query vector by query vector. */
export interface Queries {
  readonly count: number;
  /** The hits of one: of one search, or of several that were fused; a promise where a model ranks them. */
  readonly hitsOf: (query: number) => QueryHits | Promise<QueryHits>;
  /** Whether a pause before this one costs nothing. Default: always. */
  readonly mayPause?: (query: number) => boolean;
}

/**
 * Answers query after query, each in one state of the data, output fields included; lets the event loop run between.
 *
 * @param still looked at after each pause; throws when what the work needs has gone
 * @throws ReplyTooLarge, Timeout
 */
export function collectHits(
  ctx: QueryContext,
  queries: Queries,
  presentation: Presentation,
  limits: CallLimits,
  still: () => void,
): SearchHits | Promise<SearchHits> {
  /** After a pause. */
  const again: Again = (work) =>
    ctx.deadline.during(limits.deadline, () => {
      ctx.deadline.check();
      still();
      return work();
    });
  if (queries.count > 1) return collectInPieces(queries, presentation, limits, again, undefined);
  const collector = new HitCollector(presentation);
  return ctx.deadline.during(limits.deadline, () => {
    const found = measuredInSlices(() => queries.hitsOf(0), again);
    if (found instanceof Promise || found.hits.rowIds.length > collector.pieceRows) {
      return collectInPieces(queries, presentation, limits, again, found);
    }
    take(collector, found, limits);
    return collector.hits();
  });
}

/** Runs work after a pause. */
type Again = <T>(work: () => T) => T;

function take(collector: HitCollector, hits: QueryHits, limits: CallLimits): void {
  collector.add(hits);
  checkReplyBytes(collector.sizeBytes, limits);
}

/** @param found what is found of the first query already */
async function collectInPieces(
  { count, hitsOf, mayPause: mayPauseBefore = () => true }: Queries,
  presentation: Presentation,
  limits: CallLimits,
  again: Again,
  found: QueryHits | Promise<QueryHits> | undefined,
): Promise<SearchHits> {
  let first = found;
  /** @param mayPause a row that goes meanwhile spoils the start @returns undefined when it is spoilt */
  const collect = async (mayPause: boolean): Promise<SearchHits | undefined> => {
    const collector = new HitCollector(presentation);
    const slices = new Slices();
    const pause = async (): Promise<void> => {
      checkReplyBytes(collector.sizeBytes, limits);
      if (!mayPause || !slices.over) return;
      await slices.next();
      again(() => {});
    };
    for (let query = 0; ; ) {
      const waiting = again(() => {
        do {
          const current = query++;
          const found = first ?? measuredInSlices(() => hitsOf(current), again);
          first = undefined;
          if (found instanceof Promise || found.hits.rowIds.length > collector.pieceRows) return found;
          take(collector, found, limits);
        } while (query < count && !(slices.over && mayPauseBefore(query)));
        return undefined;
      });
      if (waiting !== undefined) {
        const late = await waiting;
        again(() => {});
        const whole = await collector.addInPieces(late, pause);
        if (!whole && mayPause) return undefined;
        checkReplyBytes(collector.sizeBytes, limits);
      }
      if (query >= count) return collector.hits();
      if (waiting === undefined) await slices.next();
    }
  };
  for (let start = 1; ; start++) {
    const hits = await collect(start < MAX_STARTS);
    if (hits !== undefined) return hits;
  }
}
