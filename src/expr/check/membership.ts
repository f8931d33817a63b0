import { readBase64 } from "../../values/base64.js";
import type { BloomFilter } from "../../values/membership/bloom-filter.js";
import { type Members, MembersFault } from "../../values/membership/members.js";
import { readMembers } from "../../values/membership/read-members.js";
import type { Expression, MembershipMatch } from "../syntax/ast.js";
import { afterFilling, type Checked, type Checking, problem, quoted } from "./checking.js";
import type { FilterType } from "./scope.js";
import type { Operand, TypedExpression } from "./typed.js";
import { isInteger } from "./types.js";

/** `membership_match(field, {members}, type=..)`: sets of values that clients build and send as bytes. */

const NAME = "membership_match";

export function checkMembershipMatch(checking: Checking, node: MembershipMatch): Checked {
  if (checking.struct !== undefined) {
    throw problem(node, `${NAME} filters are not supported inside element_filter or MATCH_*`);
  }
  if (checking.struct !== undefined) throw problem(node, `${NAME} cannot be used in element_filter or MATCH_*`);
  const [first, second, ...rest] = node.arguments;
  if (first === undefined || second === undefined || rest.length > 0) {
    const detail = `${NAME} requires exactly 2 positional arguments; use type=bloom|roaring for the optional kind`;
    throw problem(node, detail);
  }
  const field = checking.check(first);
  const shown = quoted(checking, first);
  if (field.kind !== "operand") {
    throw problem(first, `the first argument of ${NAME} must be a scalar field name, got: ${shown}`);
  }
  const { operand } = field;
  if (second.kind !== "placeholder") {
    const detail = `the second argument of ${NAME} must be a {template} placeholder carrying a client pre-built membership filter blob`;
    throw problem(second, detail);
  }
  return afterFilling(checking, (): TypedExpression => {
    const members = readValue(checking, second.name, second);
    requireKind(node, members);
    if (members.kind === "roaring") requireRoaringField(operand, first, shown);
    else requireBloomField(operand, first, shown, members as BloomFilter);
    return { kind: "membership", operand, members };
  });
}

function readValue(checking: Checking, name: string, node: Expression): Members {
  const value = Object.hasOwn(checking.values, name) ? checking.values[name] : undefined;
  if (value === undefined) {
    throw problem(node, `the value of expression template variable name {${name}} is not found`);
  }
  const bytes = bytesOf(value);
  if (bytes === undefined) {
    throw problem(
      node,
      `the value of ${NAME} template variable {${name}} must be a client pre-built membership filter blob (bytes)`,
    );
  }
  try {
    return readMembers(bytes);
  } catch (error) {
    if (error instanceof MembersFault) throw problem(node, error.message);
    throw error;
  }
}

/** A copy: the caller may change his own. Where there is nothing but JSON, bytes come as base64. */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return typeof value === "string" ? readBase64(value) : undefined;
}

function requireKind(node: MembershipMatch, members: Members): void {
  if (node.type === undefined) return;
  const wanted = node.type.toLowerCase();
  if (wanted !== "bloom" && wanted !== "roaring") {
    throw problem(node, `malformed ${NAME} call: type must be bloom or roaring`);
  }
  if (wanted !== members.kind) throw problem(node, `${NAME} type "${wanted}" does not match filter blob format`);
}

function requireRoaringField({ type, path, field }: Operand, node: Expression, shown: string): void {
  if (type === "JSON") throw problem(node, `${NAME} is not supported on JSON or dynamic fields, got: ${shown}`);
  if (isInteger(type) && path.length === 0) return;
  throw problem(
    node,
    `${NAME} only supports INT8/INT16/INT32/INT64 fields, but field (${shown}) is of type ${path.length > 0 ? field.type : type}`,
  );
}

function requireBloomField({ type, path }: Operand, node: Expression, shown: string, filter: BloomFilter): void {
  if (type === "JSON") return;
  if (path.length > 0) throw problem(node, `${NAME} does not support nested paths on non-JSON fields, got: ${shown}`);
  if (!isInteger(type) && type !== "VarChar") {
    throw problem(
      node,
      `${NAME} only supports INT8/INT16/INT32/INT64/VARCHAR fields and JSON paths, but field (${shown}) is of type ${type}`,
    );
  }
  requireDomain(type, node, filter);
}

/** A filter of texts over a column of integers would find nothing, and not say why. */
function requireDomain(type: FilterType, node: Expression, filter: BloomFilter): void {
  const { domain } = filter;
  const fits = type === "VarChar" ? filter.holdsTexts : filter.holdsIntegers;
  if (fits || domain === undefined) return;
  throw problem(
    node,
    `${NAME} filter blob was built from the ${domain} value domain but field (${type}) requires the ` +
      `${type === "VarChar" ? "utf8" : "int64"} domain; rebuild the filter from values of the field's type`,
  );
}
