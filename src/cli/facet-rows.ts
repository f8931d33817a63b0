import type { SearchHits } from "../namespaces.js";

type Aggregations = NonNullable<SearchHits["aggregations"]>;
type Buckets = Aggregations[number]["buckets"];
type Row = Readonly<Record<string, unknown>>;

/** The facets of a search as rows: a bucket each, under the names of its fields and of what was computed. */
export function facetRows(aggregations: Aggregations): readonly Row[] {
  return aggregations.flatMap(({ buckets }, query) => bucketRows(buckets, aggregations.length > 1 ? { query } : {}));
}

/** Those inside of a bucket come behind it, and have its fields too. */
function bucketRows(buckets: Buckets, around: Row): readonly Row[] {
  return buckets.flatMap(({ key, count, metrics, hits, subGroups }) => {
    const own = { ...around, ...Object.fromEntries(key.map(({ fieldName, value }) => [fieldName, value])) };
    return [{ ...own, count, ...metrics, ...(hits.length > 0 && { hits }) }, ...bucketRows(subGroups, own)];
  });
}
