/** Hand-written scanners for tokens whose regular expression could exhaust the stack on megabytes of input. */

export function isNameStart(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}

/** Of a raw string: `r` or `R` before its quote. */
export function isRaw(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return code === 114 || code === 82;
}

/**
 * End of the string literal that starts at `start` (a quote, or the prefix of a raw string), or -1. No line breaks; a backslash
 * takes the next character.
 */
export function scanString(text: string, start: number): number {
  const begin = isRaw(text, start) ? start + 1 : start;
  const quote = text.charCodeAt(begin);
  if (quote !== 34 && quote !== 39) return -1;
  for (let at = begin + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === 10 || code === 13) return -1;
    if (code === 92) {
      at += 1;
      const next = text.charCodeAt(at);
      if (Number.isNaN(next) || next === 10 || next === 13) return -1;
    }
  }
  return -1;
}

/** End of the name (`[A-Za-z_][A-Za-z_0-9]*` or `$meta`) at `start`, or -1. */
export function scanName(text: string, start: number): number {
  if (text.startsWith("$meta", start)) {
    const next = text.charCodeAt(start + 5);
    return isNamePart(next) ? -1 : start + 5;
  }
  if (!isNameStart(text.charCodeAt(start))) return -1;
  let at = start + 1;
  while (isNamePart(text.charCodeAt(at))) at += 1;
  return at;
}

/** End of one `["key"]`, `[0]` or `[name]` at `start`, or -1. No white space: a path is one token. */
export function scanStep(text: string, start: number): number {
  if (text.charCodeAt(start) !== 91) return -1;
  let at = scanString(text, start + 1);
  if (at === -1) at = scanName(text, start + 1);
  if (at === -1) {
    at = start + 1;
    while (isDigit(text.charCodeAt(at))) at += 1;
    if (at === start + 1) return -1;
    if (text.charCodeAt(start + 1) === 48 && at > start + 2) return -1;
  }
  return text.charCodeAt(at) === 93 ? at + 1 : -1;
}

/** End of a name with at least one step, or -1. `in` is never the name: `x in[1]` is a list. */
export function scanPath(text: string, start: number): number {
  const nameEnd = scanName(text, start);
  if (nameEnd === -1 || text.charCodeAt(nameEnd) !== 91) return -1;
  const name = text.slice(start, nameEnd);
  if (name === "in" || name === "IN") return -1;
  let end = -1;
  for (let at = scanStep(text, nameEnd); at !== -1; at = scanStep(text, at)) end = at;
  return end;
}
