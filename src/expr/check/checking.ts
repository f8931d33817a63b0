import { ExpressionProblem } from "../problem.js";
import type { ArithmeticOperator, BitOperator, Expression, Path, Placeholder, TextRange } from "../syntax/ast.js";
import { expressionLexer } from "../syntax/tokens.js";
import type { FilterType, ResolvedField, ResolvedStruct, Scope } from "./scope.js";
import { bindValue } from "./templates.js";
import type { Constant, Elements, Operand, TypedExpression } from "./typed.js";
import { elementTypeOf, showConstant } from "./types.js";

/** What needs no row. */
export type CheckedValue =
  /** `literal`: as written; a folded comparison or connective is not, and may stand as a predicate. */
  | { readonly kind: "constant"; readonly value: Constant; readonly literal: boolean }
  | { readonly kind: "placeholder"; readonly name: string };

/** What the checker makes of a sub-expression. */
export type Checked =
  | CheckedValue
  | { readonly kind: "operand"; readonly operand: Operand }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Checked;
      readonly right: Checked;
      readonly type: FilterType;
    }
  | { readonly kind: "bitwise"; readonly operator: BitOperator; readonly operand: Operand; readonly by: CheckedValue }
  | { readonly kind: "length"; readonly operand: Operand }
  | { readonly kind: "predicate"; readonly predicate: TypedExpression }
  /** `element_filter`, and what stands before it. @see Elements */
  | { readonly kind: "elements"; readonly elements: Elements; readonly rows: TypedExpression }
  | { readonly kind: "sample"; readonly predicate: TypedExpression | undefined; readonly factor: number };

/** The state of one check: where names come from, and faults of templates, which are reported after all others. */
export interface Checking {
  readonly scope: Scope;
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
  deferred: ExpressionProblem | undefined;
  /** The struct array whose elements are looked at. */
  struct: ResolvedStruct | undefined;
  /** Checks a node below the one at hand. */
  readonly check: (node: Expression) => Checked;
}

export const TRUE: TypedExpression = { kind: "constant", value: true };
export const FALSE: TypedExpression = { kind: "constant", value: false };

export function predicate(typed: TypedExpression): Checked {
  return { kind: "predicate", predicate: typed };
}

export function problem(node: { readonly range: TextRange }, detail: string): ExpressionProblem {
  return new ExpressionProblem(detail, node.range);
}

/** The text of a node without the white space between its tokens, as messages quote it. */
export function quoted(checking: Checking, node: Expression): string {
  const text = checking.text.slice(node.range.start, node.range.end);
  if (text.length > 1000) return `${text.slice(0, 1000)}...`;
  return expressionLexer()
    .tokenize(text)
    .tokens.map((token) => token.image)
    .join("");
}

/**
 * Runs what depends on template values: its faults wait until the rest of the filter is known to be right.
 * @returns FALSE in place of a result after a fault.
 */
export function afterFilling(checking: Checking, fill: () => TypedExpression): Checked {
  try {
    return predicate(fill());
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    checking.deferred ??= error;
    return predicate(FALSE);
  }
}

/** The value of a placeholder. `role` names it in the message: `value of`, `lower value of`, ... */
export function filled(checking: Checking, name: string, node: Expression, role = "value of"): Constant {
  const bound = Object.hasOwn(checking.values, name) ? bindValue(checking.values[name]) : undefined;
  if (bound !== undefined) return bound;
  if (Object.hasOwn(checking.values, name) && checking.values[name] !== undefined) {
    throw problem(node, `the type of expression template variable {${name}} is not supported`);
  }
  throw problem(node, `the ${role} expression template variable name {${name}} is not found`);
}

/** What a text makes of the filter, be it written there or the value of a variable. */
export function withText(
  checking: Checking,
  text: string | Placeholder,
  finish: (text: string) => TypedExpression,
  complaint = (_name: string, value: string): string => `cannot cast value to VarChar, value: ${value}`,
): Checked {
  if (typeof text === "string") return predicate(finish(text));
  return afterFilling(checking, () => {
    const value = filled(checking, text.name, text);
    if (value.kind !== "string") throw problem(text, complaint(text.name, showConstant(value)));
    return finish(value.value);
  });
}

/** Looks a path up: a declared field, or else a key of the dynamic field. Of long texts only words can be matched. */
export function resolvePath(checking: Checking, path: Path): Operand {
  const operand = resolveAny(checking, path);
  if (operand.type === "Text") throw problem(path, `filter on text field (${path.name}) is not supported yet`);
  return operand;
}

/** The same for what takes any type. */
export function resolveAny(checking: Checking, path: Path): Operand {
  const { scope } = checking;
  const struct = scope.struct?.(path.name);
  if (struct !== undefined) return structOperand(struct, path);
  const declared = scope.resolve(path.name);
  if (declared !== undefined && path.steps.length === 0) return wholeField(declared);
  const stray = path.steps.find(({ kind }) => kind === "name");
  if (stray !== undefined) throw problem(path, `${path.name} is no struct array field: [${stray.text}]`);
  const keys = path.steps.map((step) => step.text);
  const field = declared ?? (path.name === "$meta" ? undefined : scope.dynamicField);
  if (declared === undefined && scope.dialect?.nullIsNoName === true && /^null$/i.test(path.name)) {
    throw problem(path, "NULL literal is not supported in expressions; use `is null` or `is not null`");
  }
  if (field === undefined) throw problem(path, `field ${path.name} not exist`);
  if (declared === undefined) return jsonOperand(scope, field, [path.name, ...keys]);
  if (field.type === "JSON") return jsonOperand(scope, field, keys);
  if (field.type === "Array") {
    if (path.steps.length !== 1 || path.steps.some((step) => step.kind === "key")) {
      throw problem(path, "can only access array field with integer index");
    }
    return { field, path: keys, type: field.elementType ?? "Int64", indexed: false };
  }
  throw problem(path, `${field.type} data type not supported accessed with []`);
}

/** A field of a struct, as the list of what all elements have there, or of one element. */
function structOperand({ name, fields }: ResolvedStruct, path: Path): Operand {
  const [first, second, more] = path.steps;
  const [index, sub] = first?.kind === "index" ? [first, second] : [undefined, first];
  if (sub?.kind !== "name" || (index === undefined ? second : more) !== undefined) {
    throw problem(path, `can only access struct array field ${name} by an element and one of its fields`);
  }
  const field = fields.get(sub.text);
  if (field === undefined) throw problem(path, `field ${name}[${sub.text}] not exist`);
  if (index === undefined) return wholeField(field);
  if (field.type === "Array") return { field, path: [index.text], type: field.elementType ?? "Int64", indexed: false };
  throw problem(path, `vector field ${name}[${sub.text}] cannot be used in an expression`);
}

function wholeField(field: ResolvedField): Operand {
  return { field, path: [], type: field.type, indexed: false };
}

function jsonOperand(scope: Scope, field: Operand["field"], path: readonly string[]): Operand {
  const indexed =
    scope.indexedPaths?.some(
      (entry) =>
        entry.column === field.column &&
        entry.path.length === path.length &&
        entry.path.every((key, at) => key === path[at]),
    ) ?? false;
  return { field, path, type: "JSON", indexed };
}

/** The type of a value as comparisons see it: for arrays and their elements the element type. */
export function comparedType(checked: Checked): FilterType | "None" {
  switch (checked.kind) {
    case "constant":
      return checked.value.kind === "array" ? elementTypeOf(checked.value.elements) : typeOf(checked);
    case "operand":
      return checked.operand.type === "Array" ? (checked.operand.field.elementType ?? "None") : checked.operand.type;
    default:
      return typeOf(checked);
  }
}

export function typeOf(checked: Checked): FilterType | "None" {
  switch (checked.kind) {
    case "constant": {
      const names = { bool: "Bool", int: "Int64", float: "Double", string: "VarChar", array: "Array" } as const;
      return names[checked.value.kind];
    }
    case "placeholder":
      return "None";
    case "operand":
      return checked.operand.type;
    case "arithmetic":
      return checked.type;
    case "bitwise":
    case "length":
      return "Int64";
    case "predicate":
    case "elements":
    case "sample":
      return "Bool";
  }
}

/** A type as messages print it; arrays and array elements as `Array[Int64]`. */
export function typeName(checked: Checked): string {
  if (checked.kind === "constant" && checked.value.kind === "array") return `Array[${comparedType(checked)}]`;
  if (checked.kind === "operand" && checked.operand.field.type === "Array") {
    return `Array[${checked.operand.field.elementType ?? "None"}]`;
  }
  return typeOf(checked);
}

/** Whole arrays may not be ordered, computed with, matched or negated. */
export function refuseWholeArray(checked: Checked, node: Expression): void {
  if (checked.kind === "operand" && checked.operand.type === "Array") {
    throw problem(node, "can not comparisons array fields directly");
  }
}

/** A boolean expression that can be executed: not a bare field, nor, in some dialects, a literal. */
export function asPredicate({ scope }: Checking, checked: Checked): TypedExpression | undefined {
  if (checked.kind === "predicate") return checked.predicate;
  const stands = checked.kind === "constant" && (!checked.literal || scope.dialect?.truthValues === true);
  if (stands && checked.value.kind === "bool") {
    return checked.value.value ? TRUE : FALSE;
  }
  return undefined;
}
