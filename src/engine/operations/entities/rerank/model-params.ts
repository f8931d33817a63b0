import { invalidParameter } from "../../../../errors.js";
import { shownText } from "../../../../values/shown-text.js";
import { isTextType } from "../../../model/data-type.js";
import type { FieldSchema } from "../../../model/schema.js";
import type { ModelRanker, Ranker } from "../../../query/rerank/ranker.js";
import { type Params, parsed } from "./parameters.js";

/** Services that a server would ask for scores. `local` is ours: the application, and nothing else. */
const PROVIDERS: readonly string[] = ["tei", "vllm", "cohere", "voyageai", "ali", "siliconflow", "zilliz", "local"];

/**
 * A model that ranks. Whatever provider the parameters name, it is the application's model that serves them.
 *
 * @param served whether there is one
 * @throws InvalidParameter
 */
export function readModel(params: Params, inputs: readonly FieldSchema[], served: boolean): ModelRanker {
  const [field] = inputs;
  if (field === undefined || inputs.length > 1 || !isTextType(field.type)) {
    throw invalidParameter(`rerank model only support varchar, bug got [${inputs.map(({ type }) => type).join(" ")}]`);
  }
  const { provider } = params;
  if (provider === undefined || provider === null) throw invalidParameter("lost rerank params:provider ");
  if (!PROVIDERS.includes(String(provider).toLowerCase())) {
    throw invalidParameter(`unknown rerank model provider:${shownText(provider)}`);
  }
  if (!served) throw invalidParameter(`rerank provider: [${shownText(provider)}] is disabled`);
  const { queries: given, ...others } = params;
  const queries = parsed(given);
  if (!Array.isArray(queries) || !queries.every((query) => typeof query === "string")) {
    throw invalidParameter("rerank function lost params queries");
  }
  return { kind: "model", field, queries, params: others };
}

/** @throws InvalidParameter unless a model has one text per query vector */
export function checkQueries(ranker: Ranker | undefined, count: number): void {
  if (ranker?.kind !== "model" || ranker.queries.length === count) return;
  const { queries } = ranker;
  throw invalidParameter(
    `nq must equal to queries size, but got nq [${count}], queries size [${queries.length}], queries: [${queries.join(" ")}]`,
  );
}
