/** Graphs, which every dense type can have. */
export const HNSW_INDEX_TYPES: readonly string[] = ["HNSW", "HNSW_SQ", "HNSW_PQ", "HNSW_PRQ"];

/** Exact search: what Milvus calls FLAT is BRUTE_FORCE in Milvus Lite. */
export const EXACT_INDEX_TYPES: readonly string[] = ["FLAT", "BRUTE_FORCE"];

/** What vectors of floating-point numbers can have, whatever their width. */
export const FLOAT_INDEX_TYPES: readonly string[] = [
  ...HNSW_INDEX_TYPES,
  ...EXACT_INDEX_TYPES,
  "IVF_FLAT",
  "IVF_SQ8",
  "IVF_PQ",
  "IVF_RABITQ",
  "SCANN",
  "DISKANN",
  "AISAQ",
  "FAISS",
];
