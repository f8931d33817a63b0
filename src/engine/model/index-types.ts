/** How one build parameter is checked. */
export type ParameterRule =
  | { readonly kind: "integer" | "number"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  /** A choice that the index of sparse vectors refuses in words of its own. */
  | { readonly kind: "algorithm"; readonly values: readonly string[] }
  /** A form of numbers, in any case. */
  | { readonly kind: "form"; readonly values: readonly string[] }
  /** A number of at least 0 and less than 1. */
  | { readonly kind: "share" }
  | { readonly kind: "bool" }
  /** Any text, which must be there. */
  | { readonly kind: "required" }
  /** An integer that divides the dimension. */
  | { readonly kind: "divisor" };

/** The build parameters of an index type that are checked; others are kept and ignored. */
export type IndexParameters = Readonly<Record<string, ParameterRule>>;

const INT_MAX = 2147483647;

const integer = (min: number, max: number): ParameterRule => ({ kind: "integer", min, max });
const choice = (...values: string[]): ParameterRule => ({ kind: "choice", values });
const bool: ParameterRule = { kind: "bool" };

const hnsw = { M: integer(2, 2048), efConstruction: integer(1, INT_MAX) };
const REFINE_FORMS = ["SQ4U", "SQ6", "SQ8", "BF16", "FP16", "FP32", "FLAT", "DATA_VIEW"] as const;
const refine = { refine: bool, refine_type: { kind: "form", values: REFINE_FORMS } as const };
const nlist = { nlist: integer(1, 65536) };
const SPARSE_ALGORITHMS = [
  "TAAT_NAIVE",
  "DAAT_WAND",
  "DAAT_MAXSCORE",
  "BLOCK_MAX_MAXSCORE",
  "BLOCK_MAX_WAND",
  "SINDI",
] as const;
const sparse = {
  inverted_index_algo: { kind: "algorithm", values: SPARSE_ALGORITHMS } as const,
  bm25_k1: { kind: "number", min: 0, max: 3 } as const,
  bm25_b: { kind: "number", min: 0, max: 1 } as const,
  drop_ratio_build: { kind: "share" } as const,
};

const disk = { max_degree: integer(1, 512), search_list_size: integer(1, INT_MAX) };

const quantized = { ...hnsw, ...refine, m: integer(1, 65536), nbits: integer(1, 24) };

/**
 * Index types of vector fields that are accepted. Which field can have which is said by its type (`types/`); `AUTOINDEX` stands
 * apart.
 */
const vectorIndexes = {
  FLAT: {},
  BRUTE_FORCE: {},
  HNSW: hnsw,
  HNSW_SQ: { ...hnsw, ...refine, sq_type: choice("SQ4U", "SQ6", "SQ8", "BF16", "FP16") },
  HNSW_PQ: quantized,
  HNSW_PRQ: { ...quantized, nrq: integer(1, 16) },
  IVF_FLAT: nlist,
  IVF_SQ8: nlist,
  IVF_PQ: { ...nlist, m: { kind: "divisor" }, nbits: integer(1, 24) },
  IVF_RABITQ: { ...nlist, ...refine },
  SCANN: { ...nlist, with_raw_data: bool },
  DISKANN: disk,
  AISAQ: disk,
  FAISS: { faiss_index_name: { kind: "required" } },
  BIN_FLAT: {},
  BIN_IVF_FLAT: nlist,
  MINHASH_LSH: { mh_element_bit_width: choice("8", "16", "32", "64"), mh_lsh_band: integer(1, INT_MAX) },
  SPARSE_INVERTED_INDEX: sparse,
  SPARSE_WAND: sparse,
} as const satisfies Readonly<Record<string, IndexParameters>>;

/** Index types of scalar fields that are accepted. */
const scalarIndexes = {
  INVERTED: {},
  BITMAP: { bitmap_cardinality_limit: integer(1, INT_MAX) },
  STL_SORT: {},
  Trie: {},
  TRIE: {},
  NGRAM: { min_gram: integer(1, INT_MAX), max_gram: integer(1, INT_MAX) },
  RTREE: {},
  HYBRID: { bitmap_cardinality_limit: integer(1, INT_MAX) },
} as const satisfies Readonly<Record<string, IndexParameters>>;

export const VECTOR_INDEX_TYPES: Readonly<Record<string, IndexParameters>> = vectorIndexes;
export const SCALAR_INDEX_TYPES: Readonly<Record<string, IndexParameters>> = scalarIndexes;

type IndexTable = typeof vectorIndexes & typeof scalarIndexes;

/** The names of the index types. */
export type IndexType = keyof IndexTable | "AUTOINDEX";
type KeysOf<T> = T extends unknown ? keyof T : never;
/** The names of what they are built with. */
export type BuildParameter = KeysOf<IndexTable[keyof IndexTable]>;

/** What the values of a JSON path are taken for by the index types that Milvus 3.0 has on them. */
export const JSON_PATH_CASTS: Readonly<Record<string, readonly string[]>> = {
  STL_SORT: ["DOUBLE", "VARCHAR"],
  BITMAP: ["BOOL", "VARCHAR"],
  HYBRID: ["BOOL", "DOUBLE", "VARCHAR"],
};

/** Known to Milvus, refused by the embedded engine. */
export function isForeignIndexType(type: string): boolean {
  return type.startsWith("GPU_");
}

/** What a JSON path may be cast to by an index. */
export const JSON_CAST_TYPES: readonly string[] = [
  "BOOL",
  "DOUBLE",
  "VARCHAR",
  "JSON",
  "ARRAY_BOOL",
  "ARRAY_DOUBLE",
  "ARRAY_VARCHAR",
];
