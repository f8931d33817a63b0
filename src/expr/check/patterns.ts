import { linearRegex } from "../../values/linear-regex.js";
import type { Like, RegexMatch } from "../syntax/ast.js";
import { type Checked, type Checking, problem, refuseWholeArray, withText } from "./checking.js";
import type { Operand, TypedExpression } from "./typed.js";

/** `field like "pattern"`. */
export function checkLike(checking: Checking, node: Like): Checked {
  const operand = textOperand(checking, node, "like operation", "no-json");
  const finish = (pattern: string): TypedExpression => {
    if (hasLoneBackslash(pattern)) {
      throw problem(node, "Invalid LIKE pattern: trailing backslash with nothing to escape");
    }
    return { kind: "like", operand, pattern };
  };
  return withText(checking, node.pattern, finish);
}

/** `field =~ "pattern"`, `field !~ "pattern"`. */
export function checkRegex(checking: Checking, node: RegexMatch): Checked {
  const operand = textOperand(checking, node, "regex match", "non-json");
  const finish = (pattern: string): TypedExpression => {
    if (linearRegex(pattern) === undefined) throw problem(node, "invalid regex pattern");
    const test: TypedExpression = { kind: "regex", operand, pattern };
    return node.negated ? { kind: "not", operand: test } : test;
  };
  return withText(
    checking,
    node.pattern,
    finish,
    (name) => `the value of regex expression template variable {${name}} is not string`,
  );
}

/** What a pattern is held against: text, or what may be text. @param what the operation, as messages name it */
function textOperand(checking: Checking, node: Like | RegexMatch, what: string, notJson: string): Operand {
  const left = checking.check(node.operand);
  if (left.kind !== "operand") throw problem(node, `${what} on complicated expr is unsupported`);
  refuseWholeArray(left, node);
  const { operand } = left;
  if (operand.type === "VarChar" || operand.type === "JSON") return operand;
  throw problem(node, `${what} on non-string or ${notJson} field is unsupported`);
}

/** Does a pattern end in a backslash that escapes nothing? */
function hasLoneBackslash(pattern: string): boolean {
  let slashes = 0;
  while (pattern[pattern.length - 1 - slashes] === "\\") slashes += 1;
  return slashes % 2 === 1;
}
