const STEP = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+))\s*\]/y;

/** A path as an index names it: `doc["a"][0]`, `$meta['a']`, or a name alone. */
export function readJsonPath(text: string): { readonly name: string; readonly steps: readonly string[] } {
  const name = /^[^[]*/.exec(text)?.[0] ?? "";
  const steps: string[] = [];
  STEP.lastIndex = name.length;
  for (let match = STEP.exec(text); match !== null; match = STEP.exec(text)) {
    steps.push(match[1] ?? match[2] ?? (match[3] as string));
  }
  return { name, steps };
}
