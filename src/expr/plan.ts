import { failure } from "../errors.js";
import type { Members } from "../values/membership/members.js";
import { type CheckedFilter, checkTree } from "./check/check.js";
import type { Scope } from "./check/scope.js";
import type { Elements, TypedExpression } from "./check/typed.js";
import { NESTING_DETAIL, reporting } from "./problem.js";
import { measureSql } from "./sql/compile.js";
import type { Expression } from "./syntax/ast.js";
import { parseText } from "./syntax/parse.js";

export interface FilterPlan {
  readonly predicate: TypedExpression;
  /** The filter is TRUE for every row (`""`, `1 == 1`), whatever the rows hold. */
  readonly alwaysTrue: boolean;
  /** Set when the whole filter is `pk == const` or `pk in [..]`: the keys, without repetitions. */
  readonly primaryKeys?: readonly (bigint | string)[];
  /** `random_sample`: the fraction of the rows that pass `predicate` to keep. */
  readonly sample?: number;
  /** `element_filter`: which elements of the rows that pass `predicate` are meant. */
  readonly elements?: Elements;
  /** Bytes of the sets of members that it asks. */
  readonly memberBytes: number;
}

/**
 * Checks a parsed filter against a schema.
 * @param values of the template, as given with the request
 * @param text source of the expression, quoted in messages
 * @throws ElanusError InvalidExpression, NotAPredicate
 */
export function checkExpression(
  expression: Expression,
  scope: Scope,
  values: Readonly<Record<string, unknown>> = {},
  text = "",
): CheckedFilter {
  return reporting(text, "query", () => checkTree(expression, scope, values, text));
}

/**
 * Everything from the text of a filter to what the engine runs. A blank text is always true.
 * @throws ElanusError InvalidExpression (details: `detail`, `range`, `line`, `column`), NotAPredicate
 */
export function planFilter(
  text: string,
  scope: Scope,
  values: Readonly<Record<string, unknown>> | undefined,
  plan: "query" | "delete",
): FilterPlan {
  if (/^[ \t\r\n]*$/.test(text)) return describe({ predicate: { kind: "constant", value: true } });
  const checked = reporting(text, plan, () => checkTree(parseText(text), scope, values ?? {}, text));
  const described = describe(checked);
  if (plan === "delete") refuseGuesses(described.predicate, text);
  if (plan === "delete" && described.elements !== undefined) throw elementsDeleted(text);
  requireExecutable(described.predicate, text, plan);
  return described;
}

function describe(checked: CheckedFilter): FilterPlan {
  const { predicate, sample, elements } = checked;
  const constant = predicate.kind === "constant" ? predicate.value : undefined;
  const sets = membersIn(predicate);
  const primaryKeys = sample === undefined ? keysOf(predicate) : undefined;
  return {
    predicate,
    alwaysTrue: constant === true && sample === undefined,
    ...(primaryKeys !== undefined && { primaryKeys }),
    ...(sample !== undefined && { sample }),
    ...(elements !== undefined && { elements }),
    memberBytes: sets.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

function keysOf(predicate: TypedExpression): readonly (bigint | string)[] | undefined {
  if (predicate.kind !== "in" && !(predicate.kind === "compare" && predicate.operator === "==")) return undefined;
  const { operand } = predicate;
  if (!operand.field.primaryKey || operand.path.length > 0) return undefined;
  const keys = new Set<bigint | string>();
  for (const value of predicate.kind === "in" ? predicate.values : [predicate.value]) {
    if (value.kind !== "int" && value.kind !== "string") return undefined;
    keys.add(value.value);
  }
  return [...keys];
}

/** The sets of members that a filter asks. */
function membersIn(node: TypedExpression): readonly Members[] {
  switch (node.kind) {
    case "and":
    case "or":
      return node.operands.flatMap(membersIn);
    case "not":
      return membersIn(node.operand);
    case "elements":
      return membersIn(node.predicate);
    default:
      return node.kind === "membership" ? [node.members] : [];
  }
}

/** What is deleted must be meant, not only probable. */
function refuseGuesses(predicate: TypedExpression, text: string): void {
  if (!membersIn(predicate).some(({ kind }) => kind === "bloom")) return;
  const detail = "membership_match with an approximate bloom filter blob cannot be used in delete expressions";
  throw failure("InvalidExpression", { plan: "delete", expression: text.slice(0, 1000), detail });
}

/** Rows are deleted, not elements of them. */
function elementsDeleted(text: string): Error {
  const detail = "element_filter cannot be used in delete expressions; use MATCH_ANY";
  return failure("InvalidExpression", { plan: "delete", expression: text.slice(0, 1000), detail });
}

/** SQLite takes no more bound values in one statement; some are left for the statement around the filter. */
const MAX_BOUND_VALUES = 32_000;
/** SQLite's parser gives up at some 750 nested parentheses. */
const MAX_SQL_HEIGHT = 600;
/** Smaller filters cannot come near the limits. */
const SURELY_FEW_LEAVES = 200;
const SURELY_FLAT = 100;

/** Refuses filters that no statement can hold, before any data is read. */
function requireExecutable(predicate: TypedExpression, text: string, plan: "query" | "delete"): void {
  const size = measure(predicate);
  if (size.leaves < SURELY_FEW_LEAVES && size.height < SURELY_FLAT) return;
  const { height, values } = measureSql(predicate);
  const expression = text.slice(0, 1000);
  if (height > MAX_SQL_HEIGHT) throw failure("InvalidExpression", { plan, expression, detail: NESTING_DETAIL });
  if (values > MAX_BOUND_VALUES) {
    const detail = `the expression has too many conditions: they need ${values} values, the limit is ${MAX_BOUND_VALUES}`;
    throw failure("InvalidExpression", { plan, expression, detail });
  }
}

/** Number of comparisons (and of values that are looked for one by one), and depth of the connectives. */
function measure(node: TypedExpression): { readonly leaves: number; readonly height: number } {
  switch (node.kind) {
    case "and":
    case "or": {
      let leaves = 0;
      let height = 0;
      for (const operand of node.operands) {
        const size = measure(operand);
        leaves += size.leaves;
        height = Math.max(height, size.height);
      }
      return { leaves, height: height + 1 };
    }
    case "not":
      return measure(node.operand);
    case "elements":
      return measure(node.predicate);
    case "contains":
      return { leaves: 1 + node.values.length, height: 1 };
    default:
      return { leaves: 1, height: 1 };
  }
}
