import { knownAnalyzer } from "../../text/known-analyzers.js";
import type { Expression, FuzzyMatch, PhraseMatch, TextMatch } from "../syntax/ast.js";
import { type Checked, type Checking, problem, quoted, resolveAny, withText } from "./checking.js";
import type { ResolvedField } from "./scope.js";

/** Whether a text holds words: any of them, a phrase, or words that are spelt nearly so. */

type Matching = TextMatch | PhraseMatch | FuzzyMatch;

function matchField(checking: Checking, node: Matching, what: string): ResolvedField {
  const operand = resolveAny(checking, node.path);
  if (operand.type !== "VarChar" && operand.type !== "Text") {
    throw problem(node, `${what} match operation on non-string is unsupported`);
  }
  if (!operand.field.enableMatch) throw problem(node, `field "${operand.field.name}" does not enable match`);
  return operand.field;
}

export function checkTextMatch(checking: Checking, node: TextMatch): Checked {
  const field = matchField(checking, node, "text");
  const minimum = node.minimumShouldMatch ?? 1n;
  if (minimum < 1n) throw problem(node, `minimum_should_match should be >= 1, got ${minimum}`);
  if (minimum > 1000n) throw problem(node, `minimum_should_match should be <= 1000, got ${minimum}`);
  return withText(checking, node.query, (query) => {
    const tokens = knownAnalyzer(field.analyzerParams).words(query);
    return { kind: "textMatch", field, tokens, minimum: Number(minimum) };
  });
}

export function checkPhraseMatch(checking: Checking, node: PhraseMatch): Checked {
  const field = matchField(checking, node, "phrase");
  const slop = node.slop === undefined ? 0 : checkSlop(checking, node.slop);
  return withText(checking, node.query, (query) => {
    const tokens = knownAnalyzer(field.analyzerParams)
      .tokens(query)
      .map(({ text, position }) => ({ text, position }));
    return { kind: "phraseMatch", field, tokens, slop };
  });
}

function checkSlop(checking: Checking, node: Expression): number {
  const shown = quoted(checking, node);
  const checked = checking.check(node);
  if (checked.kind !== "constant" || checked.value.kind !== "int") {
    throw problem(
      node,
      `"slop" should be a const integer expression with "uint32" value. "slop" expression passed: ${shown}`,
    );
  }
  const { value } = checked.value;
  if (value < 0n) {
    throw problem(node, `"slop" should not be a negative interger. "slop" passed: ${shown}`);
  }
  if (value > 0xffff_ffffn) {
    throw problem(node, `"slop" exceeds the range of "uint32". "slop" expression passed: ${shown}`);
  }
  return Number(value);
}

export function checkFuzzyMatch(checking: Checking, node: FuzzyMatch): Checked {
  const field = matchField(checking, node, "text");
  const distance = node.maxEditDistance;
  if (distance < 0n || distance > 2n) throw problem(node, `max_edit_distance should be in [0, 2], got ${distance}`);
  return withText(checking, node.query, (query) => {
    const tokens = [...new Set(knownAnalyzer(field.analyzerParams).words(query))];
    return { kind: "fuzzyMatch", field, tokens, distance: Number(distance) };
  });
}
