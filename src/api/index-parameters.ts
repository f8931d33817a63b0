// A type, not an interface: as a record of any keys too.
type Pair = { readonly key: string; readonly value: string };

/** Parameters of an index as the pair `params` has them, a JSON text: `{"M":8,"efConstruction":64}`. None without any. */
export function parametersPair(parameters: readonly Pair[]): readonly Pair[] {
  if (parameters.length === 0) return [];
  const entries = parameters.map(({ key, value }) => [key, jsonValue(value)]);
  return [{ key: "params", value: JSON.stringify(Object.fromEntries(entries)) }];
}

/** Numbers and booleans are kept as text and were most likely given as what they are. */
function jsonValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}$/.test(text) || /^-?\d+\.\d+$/.test(text) ? Number(text) : text;
}
