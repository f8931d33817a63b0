import { randomUUID } from "node:crypto";
import type { SearchHits } from "../../../engine/contract/column.js";
import type { CollectionRequest } from "../../../engine/contract/request.js";
import { smallerIsNearer } from "../../../engine/model/types/metrics.js";
import { failure, invalidParameter } from "../../../errors.js";
import { MAX_FLOAT, MAX_PAGE, pageTuning } from "../../search-pages.js";
import { selectHits } from "../columns/select-rows.js";
import type { HitKey } from "../iterator-bounds.js";
import type { RpcCall } from "../rpc.js";
import type { RequestParams } from "./request-params.js";

type Tuning = Readonly<Record<string, unknown>>;

/** One page of a search iterator (its second form). */
export interface IteratorPage {
  readonly token: string;
  /** Hits to ask for: the page, and those of its first score that earlier pages gave. */
  readonly limit: number;
  /** Keys to leave out: more rows of one score were given than a search can find beside the page. */
  readonly excluded: readonly HitKey[];
  /** Search parameters that find every row, and leave out what is better than the last hit of the page before. */
  narrowed(tuning: Tuning): Tuning;
  /** The hits of the page, and the score where the next one begins. */
  take(found: SearchHits): { readonly hits: SearchHits; readonly bound: number };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a search is for a page of an iterator of this form. */
export function isPaged(params: RequestParams): boolean {
  return params.flag("search_iter_v2");
}

/**
 * The page that a search asks for.
 *
 * @throws InvalidParameter, IteratorUnreadable
 */
export async function iteratorPage(
  params: RequestParams,
  collection: CollectionRequest,
  queries: number,
  call: RpcCall,
): Promise<IteratorPage> {
  if (!params.flag("iterator")) throw unreadable("both iterator and search_iter_v2 must be set in the SDK");
  if ((params.integer("offset") ?? 0) !== 0) {
    throw invalidParameter("Setting an offset is not permitted when using a search iterator v2");
  }
  if (params.text("group_by_field") !== undefined || params.text("group_by_fields") !== undefined) {
    throw invalidParameter("GroupBy is not permitted when using a search iterator");
  }
  if (queries !== 1) throw invalidParameter(`search iterator does not support nq > 1, got ${queries}`);
  const batch = batchSize(params);
  const token = params.text("search_iter_id") ?? randomUUID();
  if (!UUID.test(token)) throw unreadable("invalid token format");
  const start = boundOf(params);
  const ascending = smallerIsNearer(await metricOf(params, collection, call));
  const known = start === undefined ? NO_KEYS : call.iterators.at(token, start);
  const excluded = batch + (known?.size ?? 0) > MAX_PAGE ? [...(known ?? [])] : [];
  if (excluded.length > 0 && ofElements(params)) {
    throw invalidParameter(`search iterator cannot go on through ${excluded.length} elements of one score`);
  }
  return {
    token,
    limit: excluded.length > 0 ? batch : batch + (known?.size ?? 0),
    excluded,
    narrowed: (tuning) => pageTuning(tuning, start, ascending),
    take(found) {
      const positions: number[] = [];
      for (let at = 0; at < found.ids.length && positions.length < batch; at++) {
        const again = found.scores[at] === start && (known === undefined || known.has(identityOf(found, at)));
        if (!again) positions.push(at);
      }
      const hits = selectHits(found, positions);
      const last = hits.scores.at(-1);
      const bound = last ?? start ?? (ascending ? -MAX_FLOAT : MAX_FLOAT);
      const atBound = hits.ids.flatMap((_, at) => (hits.scores[at] === bound ? [identityOf(hits, at)] : []));
      call.iterators.keep(token, start, bound, new Set(bound === start ? [...(known ?? []), ...atBound] : atBound));
      return { hits, bound };
    },
  };
}

/** Whether a search looks for elements of structs: the field is one of a struct. */
export function ofElements(params: RequestParams): boolean {
  return params.text("anns_field")?.includes("[") === true;
}

/** A row by its key, an element by its place in it too. */
function identityOf({ ids, elements }: SearchHits, at: number): HitKey {
  const id = ids[at] as HitKey;
  return elements === undefined ? id : `${id} ${elements[at]}`;
}

const NO_KEYS: ReadonlySet<HitKey> = new Set();

function unreadable(detail: string): Error {
  return failure("IteratorUnreadable", { detail });
}

function batchSize(params: RequestParams): number {
  const text = params.text("search_iter_batch_size");
  if (text === undefined) throw unreadable("batch size is required");
  const batch = Number(text);
  if (!Number.isInteger(batch)) {
    throw unreadable(`batch size is invalid, strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (batch >= 1 && batch <= MAX_PAGE) return batch;
  throw unreadable(`batch size is invalid, it should be in range [1, ${MAX_PAGE}], but got ${batch}`);
}

/** The score of the last hit of the page before, as a float32 that was written as text. */
function boundOf(params: RequestParams): number | undefined {
  const text = params.text("search_iter_last_bound");
  if (text === undefined) return undefined;
  const bound = Number(text);
  if (!Number.isFinite(bound)) {
    const cause = `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw unreadable(`failed to parse input last bound, ${cause}`);
  }
  return Math.fround(bound);
}

/** The metric by which the searched field is indexed: it says which scores are better. */
async function metricOf(params: RequestParams, collection: CollectionRequest, call: RpcCall): Promise<string> {
  const { facts = [] } = await call.look("entities/search", "indexes/list", collection);
  const field = params.text("anns_field");
  const index = facts.find(({ metricType, fieldName }) => metricType !== "" && (field ?? fieldName) === fieldName);
  return index?.metricType ?? "";
}
