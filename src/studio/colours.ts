/** Colours that people with any eyes tell apart, on dark and on light. */
const PALETTE = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee8866", "#44bb99", "#99ddff"];
const OTHER = "#999999";

export interface Colouring {
  /** Of each row. */
  readonly colours: readonly string[];
  /** What they mean. */
  readonly legend: readonly { readonly name: string; readonly colour: string }[];
}

/**
 * Numbers get colours by their size, other values by their kind: the most frequent ones have one each.
 *
 * @param type of their field
 */
export function colouring(given: readonly unknown[], type?: string): Colouring {
  // These come as texts, so that no digit is lost.
  const values = type === "Int64" ? given.map((value) => (typeof value === "string" ? Number(value) : value)) : given;
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length > 0 && new Set(numbers).size > PALETTE.length) return bySize(values, numbers);
  const counts = new Map<string, number>();
  for (const value of values) counts.set(nameOf(value), (counts.get(nameOf(value)) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
  const own = new Map(ranked.slice(0, PALETTE.length).map((name, i) => [name, PALETTE[i] as string]));
  return {
    colours: values.map((value) => own.get(nameOf(value)) ?? OTHER),
    legend: [
      ...[...own].map(([name, colour]) => ({ name, colour })),
      ...(ranked.length > own.size ? [{ name: `${ranked.length - own.size} others`, colour: OTHER }] : []),
    ],
  };
}

function bySize(values: readonly unknown[], numbers: readonly number[]): Colouring {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  const colourOf = (value: unknown): string =>
    typeof value === "number" ? gradient((value - low) / (high - low)) : OTHER;
  return {
    colours: values.map(colourOf),
    legend: [low, (low + high) / 2, high].map((value) => ({ name: value.toPrecision(4), colour: colourOf(value) })),
  };
}

/** From blue to orange. */
function gradient(part: number): string {
  return `hsl(${Math.round(220 - 190 * part)} 70% 52%)`;
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 40) : (JSON.stringify(value ?? null) as string).slice(0, 40);
}
