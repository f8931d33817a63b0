import type { DataType, VectorType } from "./data-type.js";

/** How one build parameter is checked. */
export type ParameterRule =
  | { readonly kind: "integer" | "number"; readonly min: number; readonly max: number }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "bool" }
  /** An integer that divides the dimension. */
  | { readonly kind: "divisor" };

export interface IndexTypeRule {
  readonly fields: readonly DataType[];
  readonly params: Readonly<Record<string, ParameterRule>>;
}

const INT_MAX = 2147483647;

const integer = (min: number, max: number): ParameterRule => ({ kind: "integer", min, max });
const choice = (...values: string[]): ParameterRule => ({ kind: "choice", values });
const bool: ParameterRule = { kind: "bool" };

const floatFamily: readonly VectorType[] = ["FloatVector", "Float16Vector", "BFloat16Vector", "Int8Vector"];
const float: readonly VectorType[] = ["FloatVector", "Float16Vector", "BFloat16Vector"];
const integers: readonly DataType[] = ["Int8", "Int16", "Int32", "Int64"];
const scalars: readonly DataType[] = [
  "Bool",
  ...integers,
  "Float",
  "Double",
  "VarChar",
  "JSON",
  "Array",
  "Timestamptz",
];

const hnsw = { M: integer(2, 2048), efConstruction: integer(1, INT_MAX) };
const refine = { refine: bool, refine_type: choice("SQ4U", "SQ6", "SQ8", "BF16", "FP16", "FP32", "FLAT", "DATA_VIEW") };
const nlist = { nlist: integer(1, 65536) };
const sparse = {
  inverted_index_algo: choice("DAAT_MAXSCORE", "DAAT_WAND", "TAAT_NAIVE"),
  bm25_k1: { kind: "number", min: 0, max: 3 } as const,
  bm25_b: { kind: "number", min: 0, max: 1 } as const,
  drop_ratio_build: { kind: "number", min: 0, max: 1 } as const,
};

/** Index types of vector fields that are accepted, with the parameters that are checked. `AUTOINDEX` stands apart. */
export const VECTOR_INDEX_TYPES: Readonly<Record<string, IndexTypeRule>> = {
  FLAT: { fields: floatFamily, params: {} },
  HNSW: { fields: floatFamily, params: hnsw },
  HNSW_SQ: {
    fields: floatFamily,
    params: { ...hnsw, ...refine, sq_type: choice("SQ4U", "SQ6", "SQ8", "BF16", "FP16") },
  },
  HNSW_PQ: { fields: floatFamily, params: { ...hnsw, ...refine, m: integer(1, 65536), nbits: integer(1, 24) } },
  HNSW_PRQ: {
    fields: floatFamily,
    params: { ...hnsw, ...refine, m: integer(1, 65536), nbits: integer(1, 24), nrq: integer(1, 16) },
  },
  IVF_FLAT: { fields: floatFamily, params: nlist },
  IVF_SQ8: { fields: floatFamily, params: nlist },
  IVF_PQ: { fields: floatFamily, params: { ...nlist, m: { kind: "divisor" }, nbits: integer(1, 24) } },
  IVF_RABITQ: { fields: float, params: { ...nlist, ...refine } },
  SCANN: { fields: floatFamily, params: { ...nlist, with_raw_data: bool } },
  DISKANN: {
    fields: float,
    params: { max_degree: integer(1, 512), search_list_size: integer(1, INT_MAX) },
  },
  BIN_FLAT: { fields: ["BinaryVector"], params: {} },
  BIN_IVF_FLAT: { fields: ["BinaryVector"], params: nlist },
  SPARSE_INVERTED_INDEX: { fields: ["SparseFloatVector"], params: sparse },
  SPARSE_WAND: { fields: ["SparseFloatVector"], params: sparse },
};

/** Index types of scalar fields that are accepted. `AUTOINDEX` stands apart. */
export const SCALAR_INDEX_TYPES: Readonly<Record<string, IndexTypeRule>> = {
  INVERTED: { fields: scalars, params: {} },
  BITMAP: {
    fields: ["Bool", ...integers, "VarChar", "Array"],
    params: { bitmap_cardinality_limit: integer(1, INT_MAX) },
  },
  STL_SORT: { fields: [...integers, "Float", "Double", "VarChar", "Timestamptz"], params: {} },
  Trie: { fields: ["VarChar"], params: {} },
  TRIE: { fields: ["VarChar"], params: {} },
  NGRAM: { fields: ["VarChar", "JSON"], params: { min_gram: integer(1, INT_MAX), max_gram: integer(1, INT_MAX) } },
};

/** Known to Milvus, refused by the embedded engine. */
export function isForeignIndexType(type: string): boolean {
  return type.startsWith("GPU_") || ["MINHASH_LSH", "AISAQ", "RTREE"].includes(type);
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
