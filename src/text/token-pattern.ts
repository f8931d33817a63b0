import { linearRegex } from "../values/linear-regex.js";

/**
 * The pattern of a `regex` filter. A server's may look around, which takes a matcher that can be made to run for ever; here
 * what lies ahead of the beginning can be looked at, `^(?!test)`, and every other form of it is no pattern.
 *
 * @returns undefined for what is no pattern
 */
export function tokenPattern(source: string): ((text: string) => boolean) | undefined {
  const conditions: ((text: string) => boolean)[] = [];
  let rest = source;
  for (let ahead = AHEAD.exec(rest); ahead !== null; ahead = AHEAD.exec(rest)) {
    const end = endOfGroup(rest, 1);
    const behind = end === undefined ? undefined : rest.slice(end);
    // The other side of an alternative has a beginning of its own.
    if (end === undefined || behind === undefined || hasAlternatives(behind)) return undefined;
    const wanted = ahead[1] === "=";
    const inner = linearRegex(`^(?:${rest.slice(ahead[0].length, end - 1)})`);
    if (inner === undefined) return undefined;
    conditions.push((text) => inner.matches(text) === wanted);
    rest = `^${behind}`;
  }
  const pattern = linearRegex(rest);
  if (pattern === undefined) return undefined;
  return (text) => conditions.every((holds) => holds(text)) && pattern.matches(text);
}

const AHEAD = /^\^\(\?([=!])/;

/** Behind the group that opens at `start`. */
function endOfGroup(source: string, start: number): number | undefined {
  let depth = 0;
  for (const { character, at } of structure(source, start)) {
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at + 1;
  }
  return undefined;
}

function hasAlternatives(source: string): boolean {
  let depth = 0;
  for (const { character } of structure(source, 0)) {
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "|" && depth === 0) return true;
  }
  return false;
}

/** The parentheses and bars of a pattern, without those that are escaped or stand in a class. */
function* structure(source: string, start: number): Generator<{ readonly character: string; readonly at: number }> {
  let inClass = false;
  for (let at = start; at < source.length; at++) {
    const character = source[at] as string;
    if (character === "\\") at++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") {
      inClass = true;
      // A bracket that closes at once is a member.
      if (source[at + 1] === "^") at++;
      if (source[at + 1] === "]") at++;
    } else if (character === "(" || character === ")" || character === "|") yield { character, at };
  }
}
