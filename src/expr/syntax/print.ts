import type { Expression, Path, Placeholder } from "./ast.js";

/** Binding strength of a node's text; see the grammar in parser.ts. */
function strengthOf(node: Expression): number {
  switch (node.kind) {
    case "logical":
      return node.operator === "or" ? 1 : 2;
    case "bitwise":
      return { "|": 3, "^": 4, "&": 5, "<<": 10, ">>": 10 }[node.operator];
    case "comparison":
      return node.operator === "==" || node.operator === "!=" ? 6 : 7;
    case "rangeTest":
      return 8;
    case "membership":
      return 9;
    case "arithmetic":
      return { "+": 11, "-": 11, "*": 12, "/": 12, "%": 12, "**": 14 }[node.operator];
    case "unary":
      return 13;
    case "like":
    case "regex":
      return 15;
    default:
      return 16;
  }
}

/** Writes a syntax tree as canonical text: parsing it gives an equal tree (but for the ranges). */
export function print(node: Expression): string {
  switch (node.kind) {
    case "integer":
      return String(node.value);
    case "float":
      return printFloat(node.value);
    case "boolean":
      return String(node.value);
    case "string":
      return quote(node.value);
    case "list":
      return `[${node.elements.map(print).join(", ")}]`;
    case "placeholder":
      return `{${node.name}}`;
    case "path":
      return printPath(node);
    case "subField":
      return `$[${node.name}]`;
    case "unary":
      return `${node.operator}${node.operator === "not" ? " " : ""}${printOperand(node.operand)}`;
    case "comparison":
    case "arithmetic":
    case "bitwise": {
      const strength = strengthOf(node);
      // Ranges bind tighter than comparisons but must not arise from them.
      const inner = strength === 7 ? 9 : strength;
      return `${within(node.left, inner)} ${node.operator} ${within(node.right, inner + 1)}`;
    }
    case "logical": {
      const strength = strengthOf(node);
      return node.operands.map((operand) => within(operand, strength + 1)).join(` ${node.operator} `);
    }
    case "rangeTest": {
      const [low, high] = [node.lowerInclusive ? "<=" : "<", node.upperInclusive ? "<=" : "<"];
      return `${within(node.lower, 9)} ${low} ${print(node.path)} ${high} ${within(node.upper, 9)}`;
    }
    case "membership":
      return `${within(node.operand, 9)} ${node.negated ? "not in" : "in"} ${within(node.list, 10)}`;
    case "like":
      return `${within(node.operand, 15)} like ${printText(node.pattern)}`;
    case "regex": {
      const pattern = typeof node.pattern === "string" ? quotePattern(node.pattern) : print(node.pattern);
      return `${within(node.operand, 15)} ${node.negated ? "!~" : "=~"} ${pattern}`;
    }
    case "nullTest":
      return `${printPath(node.path)} ${node.negated ? "is not null" : "is null"}`;
    case "exists":
      return `exists ${within(node.operand, 16)}`;
    case "contains": {
      const name = node.mode === "one" ? "json_contains" : `json_contains_${node.mode}`;
      return `${name}(${print(node.operand)}, ${print(node.element)})`;
    }
    case "arrayLength":
      return `array_length(${printPath(node.path)})`;
    case "textMatch": {
      const minimum = node.minimumShouldMatch === undefined ? "" : `, minimum_should_match=${node.minimumShouldMatch}`;
      return `text_match(${printPath(node.path)}, ${printText(node.query)}${minimum})`;
    }
    case "phraseMatch": {
      const slop = node.slop === undefined ? "" : `, ${print(node.slop)}`;
      return `phrase_match(${printPath(node.path)}, ${printText(node.query)}${slop})`;
    }
    case "fuzzyMatch":
      return `text_match_fuzzy(${printPath(node.path)}, ${printText(node.query)}, max_edit_distance=${node.maxEditDistance})`;
    case "randomSample":
      return `random_sample(${print(node.factor)})`;
    case "spatial": {
      const wkt = node.wkt === undefined ? "" : `, ${printText(node.wkt)}`;
      const distance = node.distance === undefined ? "" : `, ${print(node.distance)}`;
      return `${node.function}(${printPath(node.path)}${wkt}${distance})`;
    }
    case "timestampComparison": {
      const { interval } = node;
      const shift = interval === undefined ? "" : ` ${interval.sign < 0 ? "-" : "+"} INTERVAL ${quote(interval.text)}`;
      return `${printPath(node.path)}${shift} ${node.operator} ISO ${quote(node.instant)}`;
    }
    case "elementFilter":
      return `element_filter(${printPath(node.path)}, ${print(node.predicate)})`;
    case "elementMatch": {
      const threshold = node.threshold === undefined ? "" : `, threshold=${node.threshold}`;
      return `${node.function}(${printPath(node.path)}, ${print(node.predicate)}${threshold})`;
    }
    case "membershipMatch": {
      const type = node.type === undefined ? [] : [`type=${node.type}`];
      return `membership_match(${[...node.arguments.map(print), ...type].join(", ")})`;
    }
    case "call":
      return `${node.name}(${node.arguments.map(print).join(", ")})`;
  }
}

/** A node where at least the given strength is wanted. */
function within(node: Expression, strength: number): string {
  // A prefix operator may start any operand, and takes the powers that follow it along.
  const own = node.kind === "unary" ? (strength >= 14 ? 0 : 13) : strengthOf(node);
  return own >= strength ? print(node) : `(${print(node)})`;
}

/** The operand of a prefix operator: powers and LIKE bind tighter, another prefix operator may follow. */
function printOperand(node: Expression): string {
  return node.kind === "unary" ? `${print(node)}` : within(node, 14);
}

function printFloat(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function printText(text: string | Placeholder): string {
  return typeof text === "string" ? quote(text) : print(text);
}

function printPath(path: Path): string {
  return path.name + path.steps.map((step) => `[${step.kind === "key" ? quoteKey(step.text) : step.text}]`).join("");
}

/** As a JSON text spells the key. */
function quoteKey(text: string): string {
  return JSON.stringify(text);
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A pattern keeps the backslashes that it has: in a literal, one more stands before a quote that no backslash protects. */
function quotePattern(pattern: string): string {
  return `"${pattern.replace(/\\[\s\S]|"/g, (piece) => (piece === '"' ? '\\"' : piece))}"`;
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return `"${text.replace(/[\\"\u0000-\u001f]/g, (char) => ESCAPED[char] ?? unicodeEscape(char))}"`;
}
