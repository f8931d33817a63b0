import { failure, invalidParameter } from "../../../errors.js";
import { parseJson } from "../../../values/json-reader.js";
import { shownText } from "../../../values/shown-text.js";
import type { AnnSearch } from "../../contract/entities.js";
import { structOf } from "../../model/structs.js";
import { comparesLists, smallerIsNearer } from "../../model/types/metrics.js";
import type { Collapse } from "../../query/collapse.js";
import type { VectorSearch } from "../../query/plan-search.js";

/** A part of a hybrid search as it was asked for, and what was read of it. */
interface Part {
  readonly asked: AnnSearch;
  readonly search: VectorSearch;
}

/**
 * How the elements that the parts of a hybrid search find become rows, part by part. Where all parts look for elements of one
 * struct they stay elements: undefined for each.
 *
 * @throws InvalidParameter, MissingParameter, ParameterMismatch for ranges and groups
 */
export function readCollapses(parts: readonly Part[]): readonly (Collapse | undefined)[] {
  const struct = oneStruct(parts.map(({ search }) => search));
  return parts.map(({ asked, search }) => {
    const scope = scopeOf(asked);
    if (!findsElements(search)) {
      if (scope === undefined) return undefined;
      throw invalidParameter(
        "element_scope is only supported for element-level search on struct array vector sub-fields",
      );
    }
    refuseBeside(search, struct !== undefined);
    if (struct === undefined) return readCollapse(scope, search);
    if (scope === undefined) return undefined;
    throw invalidParameter("element_scope is not allowed for same-struct element-level hybrid search");
  });
}

function findsElements({ field, index }: VectorSearch): boolean {
  return field.type === "ArrayOfVector" && index !== undefined && !comparesLists(index.metricType);
}

function oneStruct(searches: readonly VectorSearch[]): string | undefined {
  const structs = new Set(searches.map((search) => (findsElements(search) ? structOf(search.field) : undefined)));
  const [only] = structs;
  return structs.size === 1 ? only : undefined;
}

function refuseBeside({ field, tuning, grouping }: VectorSearch, together: boolean): void {
  const refuse = (what: string) =>
    failure("ParameterMismatch", {
      text: `${what} is not supported for vector array fields, fieldName:${field.name}`,
      expected: "",
      actual: "",
    });
  if (tuning.radius !== undefined) throw refuse("range search");
  if (grouping !== undefined && !together) throw refuse("group by search");
}

/** @throws InvalidParameter: elements become rows where several searches are put together */
export function refuseScope(params: AnnSearch["params"]): void {
  if (scopeOf({ params: params ?? {} }) !== undefined)
    throw invalidParameter("element_scope is only supported for hybrid search");
}

/** Beside the parameters of the search, or among them; over gRPC as text. */
function scopeOf({ params = {} }: Pick<AnnSearch, "params">): unknown {
  const nested = params["params"] as Readonly<Record<string, unknown>> | undefined;
  const given = params["element_scope"] ?? nested?.["element_scope"];
  if (typeof given !== "string") return given ?? undefined;
  try {
    return parseJson(given, "number");
  } catch (cause) {
    throw invalidParameter(`element_scope is no JSON object: ${given}`, cause);
  }
}

const STRATEGIES: Readonly<Record<string, { readonly by: Collapse["by"]; readonly best: boolean }>> = {
  max: { by: "max", best: false },
  sum: { by: "sum", best: false },
  avg: { by: "avg", best: false },
  topk_sum: { by: "sum", best: true },
  topk_avg: { by: "avg", best: true },
};

function readCollapse(scope: unknown, { index }: VectorSearch): Collapse {
  const { strategy = "max", topk } = membersOf(membersOf(scope)["collapse"]);
  const name = typeof strategy === "string" ? strategy : shownText(strategy);
  const known = Object.hasOwn(STRATEGIES, name) ? STRATEGIES[name] : undefined;
  if (known === undefined) throw invalidParameter(`unsupported element_scope.collapse.strategy: ${name}`);
  const most = readMost(name, known.best, topk);
  if (known.by === "sum" && smallerIsNearer(index?.metricType ?? "")) {
    throw invalidParameter(`element_scope.collapse.strategy ${name} is only supported for positively related metrics`);
  }
  return { by: known.by, most };
}

function readMost(strategy: string, best: boolean, topk: unknown): number {
  if (topk === undefined || topk === null) {
    if (best) {
      throw failure("MissingParameter", {
        text: `element_scope.collapse.topk is required for strategy ${strategy}`,
      });
    }
    return Number.POSITIVE_INFINITY;
  }
  if (!best) throw invalidParameter("element_scope.collapse.topk is only valid for topk strategies");
  const most = Number(topk);
  if (!Number.isInteger(most) || most < 1) throw invalidParameter("element_scope.collapse.topk must be positive");
  return most;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalidParameter(`element_scope is no JSON object: ${shownText(value)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}
