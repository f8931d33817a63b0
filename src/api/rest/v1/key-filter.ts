/** What a filter is to the hosted service's delete. */
export type KeyFilter =
  /** `pk in [..]` or `pk == x` with integer or string literals. */
  | "key"
  /** `pk in []` */
  | "empty"
  /** The same shapes with floats, booleans or objects. */
  | "unsupported"
  /** Anything else, also what is no filter. */
  | "other";

const TOKEN =
  /\s*(?:(==|\(|\)|\[|\]|,)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([+-]?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.]))|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])|\{[^{}]*\})|([A-Za-z_$][\w$]*))/y;

interface Token {
  readonly kind: "mark" | "key" | "unsupported" | "word";
  readonly text: string;
}

/**
 * Recognises the two shapes of key filters, with any parentheses around them. Not a parser of the filter language: what it
 * calls `key` is still parsed and checked by the delete itself.
 */
export function readKeyFilter(filter: string, primaryField: string): KeyFilter {
  const tokens = tokenize(filter);
  if (tokens === undefined) return "other";
  const inner = withoutParentheses(tokens);
  const [subject, operator, ...rest] = inner;
  if (subject?.kind !== "word" || subject.text !== primaryField || operator === undefined) return "other";
  if (operator.text === "==") return rest.length === 1 ? literals(rest) : "other";
  if (operator.kind !== "word" || !/^in$/i.test(operator.text)) return "other";
  if (rest[0]?.text !== "[" || rest.at(-1)?.text !== "]") return "other";
  const items = rest.slice(1, -1);
  if (items.length === 0) return "empty";
  // Values and commas take turns; one comma at the end is allowed.
  const values = items.filter((_, i) => i % 2 === 0);
  const separated = items.every((token, i) => i % 2 === 0 || token.text === ",");
  return separated ? literals(values) : "other";
}

/**
 * The keys that a key filter lists: integers as `number` when safe, else `bigint`; strings without their quotes.
 * Empty for any other filter.
 */
export function keysOfFilter(filter: string, primaryField: string): (number | bigint | string)[] {
  if (readKeyFilter(filter, primaryField) !== "key") return [];
  return (tokenize(filter) ?? []).filter((token) => token.kind === "key").map((token) => keyValue(token.text));
}

function keyValue(text: string): number | bigint | string {
  if (text.startsWith('"') || text.startsWith("'")) return text.slice(1, -1).replace(/\\(.)/g, "$1");
  const integer = text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text.replace("+", ""));
  const safe = Number(integer);
  return Number.isSafeInteger(safe) ? safe : integer;
}

function literals(tokens: readonly Token[]): KeyFilter {
  const kinds = tokens.map(literalKind);
  if (kinds.includes(undefined)) return "other";
  return kinds.includes("unsupported") ? "unsupported" : "key";
}

function literalKind(token: Token): "key" | "unsupported" | undefined {
  if (token.kind === "word") return /^(?:true|false)$/i.test(token.text) ? "unsupported" : undefined;
  return token.kind === "mark" ? undefined : token.kind;
}

function tokenize(filter: string): Token[] | undefined {
  const tokens: Token[] = [];
  const text = filter.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, mark, string, integer, unsupported, word] = match;
    if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else if (unsupported !== undefined) tokens.push({ kind: "unsupported", text: unsupported });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else tokens.push({ kind: "key", text: (string ?? integer) as string });
  }
  return tokens;
}

/** Takes off parentheses that enclose the whole filter. */
function withoutParentheses(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  while (inner.length > 2 && inner[0]?.text === "(" && inner.at(-1)?.text === ")") inner = inner.slice(1, -1);
  return inner;
}
