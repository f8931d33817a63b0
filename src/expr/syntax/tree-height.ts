import { ExpressionProblem, MAX_HEIGHT, NESTING_DETAIL } from "../problem.js";
import type { Expression } from "./ast.js";

/**
 * Refuses a tree that is too high to be walked recursively: long chains of operators nest as deeply as parentheses do.
 * @throws ExpressionProblem
 */
export function requireLow(tree: Expression): void {
  let level: Expression[] = [tree];
  for (let height = 1; level.length > 0; height += 1) {
    const [first] = level as [Expression];
    if (height > MAX_HEIGHT) throw new ExpressionProblem(NESTING_DETAIL, first.range);
    const below: Expression[] = [];
    for (const node of level) addChildren(node, below);
    level = below;
  }
}

/** Adds the parts of a node that have parts themselves. */
function addChildren(node: Expression, target: Expression[]): void {
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) for (const item of value as readonly unknown[]) add(item, target);
    else add(value, target);
  }
}

const LEAVES: ReadonlySet<unknown> = new Set([
  undefined,
  "integer",
  "float",
  "boolean",
  "string",
  "placeholder",
  "path",
  "subField",
  "key",
  "index",
  "name",
]);

function add(value: unknown, target: Expression[]): void {
  if (typeof value !== "object" || value === null || "integers" in value) return;
  if (!LEAVES.has((value as { readonly kind?: unknown }).kind)) target.push(value as Expression);
}
