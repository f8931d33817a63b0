/** Asks for an operation of REST v2. @throws what was refused */
export type Ask = (path: string, body: object) => Promise<Answered>;

export interface Answered {
  readonly data?: unknown;
  /** Of a search: hits of each query. */
  readonly topks?: readonly number[];
}

export interface RecallRequest {
  readonly dbName: string;
  readonly collectionName: string;
  readonly keyName: string;
  readonly annsField: string;
  readonly metric: string;
  /** Rows whose vectors are searched for. */
  readonly queries: number;
  readonly limit: number;
  /** Breadth of the search; undefined: that of a search that names none. */
  readonly ef?: number | undefined;
}

export interface RecallResult {
  /** Rows that were searched for; fewer where there are fewer. */
  readonly queries: number;
  /** Nearest rows that there are, of all queries together. */
  readonly wanted: number;
  /** Of these, how many the index has found; others at the same distance count. */
  readonly found: number;
  readonly indexMs: number;
  readonly exactMs: number;
}

type Hit = Readonly<Record<string, unknown>> & { readonly distance: number };

/** The share of queries whose rows are drawn; more, since some of them have no vector. */
const DRAWN_FROM = 2;

/**
 * What part of the nearest rows the index finds: rows that are drawn are searched for with it and without. A range whose inner bound
 * lets everything in is searched row by row.
 */
export async function measureRecall(ask: Ask, request: RecallRequest, now: () => number): Promise<RecallResult> {
  const { dbName, collectionName, keyName, annsField, metric, queries, limit, ef } = request;
  const place = { dbName, collectionName };
  const ids = await drawKeys(ask, place, keyName, queries);
  if (ids.length === 0) return { queries: 0, wanted: 0, found: 0, indexMs: 0, exactMs: 0 };
  const searched = { ...place, ids, annsField, limit, outputFields: [keyName] };
  const search = async (searchParams: object) => {
    const began = now();
    const answered = await ask("entities/search", { ...searched, searchParams });
    return { hits: byQuery(answered), ms: now() - began };
  };
  // What is loaded is read at its first search, which is not to be measured.
  await ask("entities/search", { ...searched, ids: ids.slice(0, 1), limit: 1 });
  const index = await search(ef === undefined ? {} : { params: { ef } });
  const exact = await search({ params: everything(metric) });
  let wanted = 0;
  let found = 0;
  for (const [i, nearest] of exact.hits.entries()) {
    wanted += nearest.length;
    found += countFound(nearest, index.hits[i] ?? [], smallerIsNearer(metric));
  }
  return { queries: ids.length, wanted, found, indexMs: index.ms, exactMs: exact.ms };
}

async function drawKeys(ask: Ask, place: object, keyName: string, queries: number): Promise<readonly unknown[]> {
  const query = async (request: object) => (await ask("entities/query", { ...place, ...request })).data as Hit[];
  const [counted] = await query({ filter: "", outputFields: ["count(*)"] });
  const rows = Number(counted?.["count(*)"] ?? 0);
  const share = (DRAWN_FROM * queries) / Math.max(1, rows);
  const filter = share < 1 ? `random_sample(${share.toFixed(9)})` : "";
  const drawn = await query({ filter, outputFields: [keyName], limit: queries });
  return drawn.map((row) => row[keyName]);
}

/** The hits of each query: they come one after the other. */
function byQuery({ data, topks = [] }: Answered): readonly (readonly Hit[])[] {
  const hits = data as readonly Hit[];
  let end = 0;
  return topks.map((count) => {
    end += count;
    return hits.slice(end - count, end);
  });
}

/** How many of the nearest were found: those at no greater distance than the farthest of them. */
function countFound(nearest: readonly Hit[], found: readonly Hit[], ascending: boolean): number {
  const last = nearest.at(-1)?.distance;
  if (last === undefined) return 0;
  const slack = Math.abs(last) * 1e-6;
  const good = found.filter(({ distance }) => (ascending ? distance <= last + slack : distance >= last - slack));
  return Math.min(good.length, nearest.length);
}

const LARGEST = 3e38;

function everything(metric: string): { readonly radius: number; readonly range_filter: number } {
  return smallerIsNearer(metric) ? { radius: LARGEST, range_filter: -1 } : { radius: -LARGEST, range_filter: LARGEST };
}

/** Of the metrics of Milvus. */
function smallerIsNearer(metric: string): boolean {
  return ["L2", "HAMMING", "JACCARD", "MHJACCARD"].includes(metric);
}
