import type { AnnSearch } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import type { VectorSearch } from "../../query/plan-search.js";
import { annsField, takeQueryVectors } from "./raw-vectors.js";
import { decodeQueryVectors, searchedField } from "./search-vectors.js";

/** What a search looks for, and where. */
export type Queries = Pick<VectorSearch, "field" | "vectors">;

/** The vector field and the queries, as values or as bytes. */
export function givenQueries(
  collection: Collection,
  { annsField: name, data = [], vectors: raw }: Pick<AnnSearch, "annsField" | "data" | "vectors">,
  texts: Parameters<typeof decodeQueryVectors>[3],
): Queries {
  if (raw === undefined) {
    const field = searchedField(collection, name);
    return { field, vectors: decodeQueryVectors(collection, field, data, texts) };
  }
  const field = annsField(collection, name);
  return { field, vectors: takeQueryVectors(collection, field, raw, texts) };
}
