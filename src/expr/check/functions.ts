import { isWellKnownText } from "../../values/geometry.js";
import { clampMicros, parseDuration, parseTimestamptz } from "../../values/timestamptz.js";
import type {
  Call,
  Contains,
  Expression,
  RandomSample,
  Spatial,
  SpatialFunction,
  TimestampComparison,
} from "../syntax/ast.js";
import {
  afterFilling,
  type Checked,
  type Checking,
  filled,
  predicate,
  problem,
  quoted,
  resolvePath,
  typeName,
  withText,
} from "./checking.js";
import { checkElementFilter, checkElementMatch, checkStructLength, checkSubField } from "./elements.js";
import { checkMembershipMatch } from "./membership.js";
import { checkFuzzyMatch, checkPhraseMatch, checkTextMatch } from "./text-matching.js";

import type { Constant, Operand, TextArgument, TypedExpression } from "./typed.js";
import { castConstant, constantType, showConstant } from "./types.js";

/** The constructs that look like functions, and timestamps. */
export function checkFunction(checking: Checking, node: Expression): Checked {
  switch (node.kind) {
    case "contains":
      return checkContains(checking, node);
    case "arrayLength": {
      const ofStruct = checkStructLength(checking, node);
      if (ofStruct !== undefined) return ofStruct;
      const operand = resolvePath(checking, node.path);
      if (!holdsElements(operand)) {
        throw problem(
          node,
          `array_length operation are only supported on json or array fields now, got: ${quoted(checking, node.path)}`,
        );
      }
      return { kind: "length", operand };
    }
    case "textMatch":
      return checkTextMatch(checking, node);
    case "phraseMatch":
      return checkPhraseMatch(checking, node);
    case "fuzzyMatch":
      return checkFuzzyMatch(checking, node);
    case "randomSample":
      return checkSample(checking, node);
    case "spatial":
      return checkSpatial(checking, node);
    case "timestampComparison":
      return checkTimestamp(checking, node);
    case "elementFilter":
      return checkElementFilter(checking, node);
    case "elementMatch":
      return checkElementMatch(checking, node);
    case "subField":
      return checkSubField(checking, node);
    case "membershipMatch":
      return checkMembershipMatch(checking, node);
    case "call":
      return checkCall(checking, node);
    default:
      throw problem(node, `unsupported expression: ${quoted(checking, node)}`);
  }
}

function holdsElements(operand: Operand): boolean {
  return operand.type === "JSON" || operand.type === "Array";
}

const CONTAINS_NAMES = { one: "contains", all: "contains_all", any: "contains_any" } as const;

function checkContains(checking: Checking, node: Contains): Checked {
  const name = CONTAINS_NAMES[node.mode];
  const left = checking.check(node.operand);
  if (left.kind !== "operand" || !holdsElements(left.operand)) {
    throw problem(
      node,
      `${name} operation are only supported on json or array fields now, got: ${quoted(checking, node.operand)}`,
    );
  }
  const { operand } = left;
  const element = checking.check(node.element);
  if (element.kind !== "constant" && element.kind !== "placeholder") {
    throw problem(
      node,
      `${name} operation are only supported explicitly specified element, got: ${quoted(checking, node.element)}`,
    );
  }
  const finish = (value: Constant): TypedExpression => ({
    kind: "contains",
    operand,
    mode: node.mode === "all" ? "all" : "any",
    values: containedValues(node, operand, value),
  });
  return element.kind === "constant"
    ? predicate(finish(element.value))
    : afterFilling(checking, () => finish(filled(checking, element.name, node.element)));
}

function containedValues(node: Contains, operand: Operand, value: Constant): readonly Constant[] {
  const type = operand.type === "Array" ? (operand.field.elementType ?? "Int64") : "JSON";
  if (node.mode === "one") {
    const cast = castConstant(type, value);
    if (cast !== undefined) return [cast];
    throw problem(node.element, `cannot cast value to ${type}, value: ${showConstant(value)}`);
  }
  const name = node.mode === "all" ? "ContainsAll" : "ContainsAny";
  if (value.kind !== "array") throw problem(node.element, `${name} operation element must be an array`);
  return value.elements.map((element) => {
    const cast = castConstant(type, element);
    if (cast !== undefined) return cast;
    throw problem(
      node.element,
      `${name} operation can't compare between array element type: ${type} and ${constantType(element)}`,
    );
  });
}

/** How near to 0 or 1 a factor may not be. */
const SAMPLE_MARGIN = 1e-10;

function checkSample(checking: Checking, node: RandomSample): Checked {
  const checked = checking.check(node.factor);
  if (checked.kind !== "constant" || (checked.value.kind !== "float" && checked.value.kind !== "int")) {
    throw problem(
      node,
      `random sample factor should be a const float expression, but got: ${quoted(checking, node.factor)}`,
    );
  }
  const factor = checked.value.kind === "float" ? checked.value.value : 0;
  if (!(factor > SAMPLE_MARGIN && factor < 1 - SAMPLE_MARGIN)) {
    throw problem(
      node,
      "the sample factor should be between 0 and 1 and not too close to 0 or 1" +
        `(the difference should be larger than ${SAMPLE_MARGIN}), but got ${quoted(checking, node.factor)}`,
    );
  }
  return { kind: "sample", predicate: undefined, factor };
}

const SPATIAL_NAMES: Readonly<Record<SpatialFunction, string>> = {
  // Spelt so by the server.
  st_equals: "STEuqals",
  st_touches: "STTouches",
  st_overlaps: "STOverlaps",
  st_crosses: "STCrosses",
  st_contains: "STContains",
  st_intersects: "STIntersects",
  st_within: "STWithin",
  st_dwithin: "STDWithin",
  st_isvalid: "STIsValid",
};

function checkSpatial(checking: Checking, node: Spatial): Checked {
  const { field, type } = resolvePath(checking, node.path);
  if (type !== "Geometry") {
    throw problem(
      node,
      `${SPATIAL_NAMES[node.function]} operation are only supported on geometry fields now, got: ${quoted(checking, node.path)}`,
    );
  }
  const distance = node.distance === undefined ? 0 : checkDistance(checking, node.distance);
  const finish = (wkt: string): TypedExpression => {
    if (node.function !== "st_isvalid" && !isWellKnownText(wkt)) {
      throw problem(node, `failed to parse WKT: ${wkt.slice(0, 200)}`);
    }
    return { kind: "spatial", field, function: node.function, wkt, distance };
  };
  return withText(checking, node.wkt ?? "", finish);
}

function checkDistance(checking: Checking, node: Expression): number {
  const checked = checking.check(node);
  if (checked.kind !== "constant" || (checked.value.kind !== "int" && checked.value.kind !== "float")) {
    throw problem(node, `distance parameter must be a numeric value (int or float), got: ${quoted(checking, node)}`);
  }
  const distance = Number(checked.value.value);
  if (distance < 0) throw problem(node, `distance parameter must be non-negative, got: ${distance}`);
  return distance;
}

function checkTimestamp(checking: Checking, node: TimestampComparison): Checked {
  const { field, type } = resolvePath(checking, node.path);
  if (type !== "Timestamptz") throw problem(node, `field '${node.path.name}' is not a timestamptz datatype`);
  const value = parseTimestamptz(node.instant, checking.scope.timeZone);
  if (value === undefined) throw problem(node, `invalid timestamp string: ${node.instant.slice(0, 100)}`);
  const { operator, interval } = node;
  const operand: Operand = { field, path: [], type, indexed: false };
  if (interval === undefined) return predicate({ kind: "compare", operand, operator, value: { kind: "int", value } });
  const duration = parseDuration(interval.text);
  if (duration === undefined) throw problem(node, `invalid ISO 8601 duration: ${interval.text.slice(0, 100)}`);
  const { sign } = interval;
  if (duration.months !== 0) {
    return predicate({ kind: "shiftedTimestamp", field, sign, ...duration, operator, value });
  }
  // A fixed length moves to the constant, which leaves the column bare for an index.
  const moved = clampMicros(value - BigInt(sign) * duration.micros);
  return predicate({ kind: "compare", operand, operator, value: { kind: "int", value: moved } });
}

function checkCall(checking: Checking, node: Call): Checked {
  const args = node.arguments.map((argument) => checking.check(argument));
  const texts = args.map(textArgument);
  const [first, second] = texts;
  switch (node.name.toLowerCase()) {
    case "empty":
      if (texts.length !== 1 || first === undefined) break;
      if (first.kind === "text") break;
      return predicate({
        kind: "compare",
        operand: first.operand,
        operator: "==",
        value: { kind: "string", value: "" },
      });
    case "starts_with":
      if (texts.length !== 2 || first === undefined || second === undefined) break;
      return predicate({ kind: "startsWith", text: first, prefix: second });
  }
  const types = args.map((argument) => typeName(argument).toUpperCase());
  throw problem(node, `function ${node.name}(${types.join(", ")}) not found`);
}

function textArgument(checked: Checked): TextArgument | undefined {
  if (checked.kind === "operand" && checked.operand.type === "VarChar") {
    return { kind: "column", operand: checked.operand };
  }
  if (checked.kind === "constant" && checked.value.kind === "string") {
    return { kind: "text", value: checked.value.value };
  }
  return undefined;
}
