/** A LIKE pattern taken apart: literal text, `%` and `_`. */
export type PatternPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "one" };

/** Takes a pattern apart; repeated `%` become one. */
export function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") parts.push({ kind: "text", text });
    text = "";
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? "";
    if (char === "\\") {
      at += 1;
      text += pattern[at] ?? "";
    } else if (char === "%") {
      flush();
      if (parts.at(-1)?.kind !== "any") parts.push({ kind: "any" });
    } else if (char === "_") {
      flush();
      parts.push({ kind: "one" });
    } else {
      text += char;
    }
  }
  flush();
  return parts;
}

/** The same match in JavaScript, in time proportional to text times pattern at worst. */
export function matchesLike(text: string, pattern: string): boolean {
  const wanted: (string | true | undefined)[] = [];
  for (const part of patternParts(pattern)) {
    if (part.kind === "text") wanted.push(...part.text);
    else wanted.push(part.kind === "any" ? undefined : true);
  }
  const chars = Array.from(text);
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const want = wanted[place];
    if (place < wanted.length && want === undefined) {
      star = place;
      resume = at;
      place += 1;
    } else if (place < wanted.length && (want === true || want === chars[at])) {
      place += 1;
      at += 1;
    } else if (star >= 0) {
      place = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  while (place < wanted.length && wanted[place] === undefined) place += 1;
  return place === wanted.length;
}
