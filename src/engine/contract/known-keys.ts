import { SCALAR_INDEX_TYPES, VECTOR_INDEX_TYPES } from "../model/index-types.js";
import { ALTERABLE_INDEX_PARAMS, LIST_STRATEGY, PLAIN_INDEX_PARAMS } from "../model/validate-index.js";

/**
 * Keys of the open objects of requests that mean something to Milvus 2.6, whether they have an effect here or not: the typed
 * interface knows a slip of the pen by them.
 */

const buildParams: readonly string[] = [VECTOR_INDEX_TYPES, SCALAR_INDEX_TYPES].flatMap((types) =>
  Object.values(types).flatMap((params) => Object.keys(params)),
);

/** `indexParams[].params`. */
export const INDEX_PARAMS: readonly string[] = [
  ...new Set([...PLAIN_INDEX_PARAMS, ...buildParams, ...ALTERABLE_INDEX_PARAMS, LIST_STRATEGY]),
];

/** `schema.fields[].elementTypeParams`. */
export const FIELD_PARAMS = [
  "dim",
  "max_length",
  "max_capacity",
  "mmap.enabled",
  "warmup",
  "enable_analyzer",
  "enable_match",
  "analyzer_params",
  "multi_analyzer_params",
] as const;

export type FieldParams = { readonly [Name in (typeof FIELD_PARAMS)[number]]?: unknown };

/** `searchParams`, flat or under `params`. */
export const SEARCH_PARAMS = [
  "params",
  "metric_type",
  "metricType",
  "ef",
  "nprobe",
  "radius",
  "range_filter",
  "ignore_growing",
  "ignoreGrowing",
  "hints",
  "level",
  "round_decimal",
  "timezone",
  "page_retain_order",
  "refine_k",
  "reorder_k",
  "rbq_query_bits",
  "search_list",
  "drop_ratio_search",
  "dim_max_score_ratio",
  "max_empty_result_buckets",
  "analyzer_name",
  "order_by_fields",
  "group_by_fields",
  "mh_search_with_jaccard",
  "mh_lsh_batch_search",
  "retrieval_ann_ratio",
  "emb_list_rerank",
  "element_scope",
] as const;

export type SearchParams = {
  readonly [Name in (typeof SEARCH_PARAMS)[number] as Exclude<Name, "params">]?: unknown;
} & {
  /** The same keys once more. */
  readonly params?: SearchParams;
};

/** `highlighter.params`. */
export const HIGHLIGHTER_PARAMS: readonly string[] = [
  "highlight_search_text",
  "highlight_query",
  "pre_tags",
  "post_tags",
  "fragment_offset",
  "fragment_size",
  "num_of_fragments",
];

/** `rerank.params` of a hybrid search. */
export const FUSION_PARAMS: readonly string[] = ["k", "weights", "norm_score"];

const DECAY_PARAMS = ["function", "origin", "scale", "offset", "decay"] as const;

/** `params` of a function of `functionScore`, by which a model of the application is told whatever it wants. */
export const RANKER_PARAMS: readonly string[] = [
  "reranker",
  ...FUSION_PARAMS,
  ...DECAY_PARAMS,
  "score_mode",
  "weight",
  "filter",
  "random_score",
];

/** `functionScore.params`. */
export const BOOST_PARAMS: readonly string[] = ["boost_mode", "function_mode"];

/** `params` of an operator of a function chain. */
export const OPERATOR_PARAMS: readonly string[] = ["column", "tie_break_col", "desc", "limit", "offset"];

/** `params` of the expression of such an operator. */
export const EXPRESSION_PARAMS: readonly string[] = [...DECAY_PARAMS, "mode", "weights", "decimal"];

/** `options` of an import job. */
export const IMPORT_OPTIONS: readonly string[] = [
  "timeout",
  "sep",
  "nullkey",
  "auto_commit",
  "backup",
  "l0_import",
  "ezk",
  "skip_disk_quota_check",
  "storage_version",
  "start_ts",
  "end_ts",
];
