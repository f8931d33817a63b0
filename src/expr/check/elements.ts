import type { ArrayLength, ElementFilter, ElementMatch, Path, SubField } from "../syntax/ast.js";
import { asPredicate, type Checked, type Checking, FALSE, predicate, problem, quoted } from "./checking.js";
import type { ResolvedField, ResolvedStruct } from "./scope.js";
import { EACH, type Elements, type Quantifier, type TypedExpression } from "./typed.js";

/** What speaks of the elements of struct arrays. */

/** `$[field]`: what the element at hand has there. */
export function checkSubField(checking: Checking, node: SubField): Checked {
  const { struct } = checking;
  if (struct === undefined) {
    throw problem(node, `$[${node.name}] syntax can only be used inside ElementFilter or MATCH_*`);
  }
  const field = struct.fields.get(node.name);
  if (field === undefined) throw problem(node, `field ${struct.name}[${node.name}] not exist`);
  if (field.elementType === undefined || field.type !== "Array") {
    throw problem(node, `vector field ${struct.name}[${node.name}] cannot be used in an expression`);
  }
  return { kind: "operand", operand: { field, path: [EACH], type: field.elementType, indexed: false } };
}

export function checkElementFilter(checking: Checking, node: ElementFilter): Checked {
  const { struct, typed } = checkInside(checking, node);
  return elementsOf(struct, sourceOf(struct, node.path), typed);
}

/** Elements that a predicate holds for, and the rows that have some. */
function elementsOf(struct: ResolvedStruct, source: ResolvedField, typed: TypedExpression): Checked {
  const elements: Elements = { struct: struct.name, source, predicate: typed };
  return { kind: "elements", elements, rows: someOf(elements) };
}

/** Rows that have one of the elements. */
export function someOf({ source, predicate: typed }: Elements): TypedExpression {
  return { kind: "elements", source, quantifier: { operator: ">=", count: 1n }, predicate: typed };
}

export function checkElementMatch(checking: Checking, node: ElementMatch): Checked {
  const { struct, typed } = checkInside(checking, node);
  const quantifier = quantifierOf(node);
  return predicate({ kind: "elements", source: sourceOf(struct, node.path), quantifier, predicate: typed });
}

function checkInside(
  checking: Checking,
  node: ElementFilter | ElementMatch,
): { readonly struct: ResolvedStruct; readonly typed: TypedExpression } {
  const name = node.kind === "elementFilter" ? "element_filter" : node.function;
  if (checking.struct !== undefined) throw problem(node, `${name} cannot be nested in element_filter or MATCH_*`);
  const struct = checking.scope.struct?.(node.path.name);
  if (struct === undefined) {
    const declared = checking.scope.resolve(node.path.name) !== undefined;
    throw problem(
      node.path,
      declared ? `${name} is only supported on struct array fields` : `field ${node.path.name} not exist`,
    );
  }
  checking.struct = struct;
  try {
    const typed = asPredicate(checking, checking.check(node.predicate));
    if (typed !== undefined) return { struct, typed };
  } finally {
    checking.struct = undefined;
  }
  throw problem(node, `${name} needs a boolean expression, got: ${quoted(checking, node.predicate)}`);
}

function quantifierOf(node: ElementMatch): Quantifier {
  const { function: name, threshold } = node;
  if (name === "match_any") return { operator: ">=", count: 1n };
  if (name === "match_all") return "all";
  const operator = name === "match_least" ? ">=" : name === "match_most" ? "<=" : "==";
  const count = threshold ?? 0n;
  if (name === "match_least" && count < 1n) {
    throw problem(node, `count in MATCH_LEAST must be positive, got: ${count}`);
  }
  if (count < 0n) throw problem(node, `count in ${name.toUpperCase()} cannot be negative, got: ${count}`);
  return { operator, count };
}

/** A list that has one value per element: all lists of a struct have one length, and are null together. */
function sourceOf(struct: ResolvedStruct, path: Path): ResolvedField {
  for (const field of struct.fields.values()) if (field.type === "Array") return field;
  throw problem(path, `struct array field ${struct.name} has no scalar field to be filtered by`);
}

/** How many elements a struct has, be it asked of itself or of one of its fields; undefined where it is no struct that is asked. */
export function checkStructLength(checking: Checking, { path }: ArrayLength): Checked | undefined {
  const struct = checking.scope.struct?.(path.name);
  if (struct === undefined) return undefined;
  const [step, more] = path.steps;
  if (more !== undefined || (step !== undefined && step.kind !== "name")) return undefined;
  if (step !== undefined && !struct.fields.has(step.text)) {
    throw problem(path, `field ${struct.name}[${step.text}] not exist`);
  }
  return { kind: "length", operand: { field: sourceOf(struct, path), path: [], type: "Array", indexed: false } };
}

/** `struct is null`; undefined where it is no whole struct that is asked. */
export function structIsNull(checking: Checking, path: Path): TypedExpression | undefined {
  const struct = path.steps.length === 0 ? checking.scope.struct?.(path.name) : undefined;
  if (struct === undefined) return undefined;
  const field = sourceOf(struct, path);
  return field.nullable ? { kind: "isNull", field } : FALSE;
}
