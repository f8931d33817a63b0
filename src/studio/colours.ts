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
export function colouring(values: readonly unknown[], type?: string): Colouring {
  const scale = type === "Int64" ? scaleOf(longs(values)) : scaleOf(doubles(values));
  return scale === undefined ? byKind(values) : bySize(scale);
}

function byKind(values: readonly unknown[]): Colouring {
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

/** Numbers of one kind, and what is between two of them. */
interface Sizes<N extends number | bigint> {
  /** Undefined: none. */
  readonly values: readonly (N | undefined)[];
  part(value: N, low: N, high: N): number;
  middle(low: N, high: N): N;
}

function doubles(values: readonly unknown[]): Sizes<number> {
  return {
    values: values.map((value) => (typeof value === "number" ? value : undefined)),
    // Halves: the whole range may be more than a number holds.
    part: (value, low, high) => (value / 2 - low / 2) / (high / 2 - low / 2),
    middle: (low, high) => low / 2 + high / 2,
  };
}

/** These come as texts, so that no digit is lost. */
function longs(values: readonly unknown[]): Sizes<bigint> {
  return {
    values: values.map((value) => (/^-?\d+$/.test(String(value)) ? BigInt(String(value)) : undefined)),
    part: (value, low, high) => Number(value - low) / Number(high - low),
    middle: (low, high) => low + (high - low + 1n) / 2n,
  };
}

/** Where numbers lie between the smallest and the largest of them. */
interface Scale {
  /** 0 to 1; undefined for what is no number. */
  readonly parts: readonly (number | undefined)[];
  /** What 0, a half and 1 stand for. */
  readonly names: readonly string[];
}

/** Undefined: so few that each can have a colour of its own. */
function scaleOf<N extends number | bigint>({ values, part, middle }: Sizes<N>): Scale | undefined {
  const numbers = new Set(values.filter((value) => value !== undefined));
  if (numbers.size <= PALETTE.length) return undefined;
  let [low, high] = [...numbers] as [N, N];
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  const ends = [low, middle(low, high), high];
  const short = ends.map((value) => Number(value).toPrecision(4));
  return {
    parts: values.map((value) => (value === undefined ? undefined : part(value, low, high))),
    names: new Set(short).size === ends.length ? short : ends.map(String),
  };
}

function bySize({ parts, names }: Scale): Colouring {
  return {
    colours: parts.map((part) => (part === undefined ? OTHER : gradient(part))),
    legend: names.map((name, i) => ({ name, colour: gradient(i / (names.length - 1)) })),
  };
}

/** From blue to orange. */
function gradient(part: number): string {
  return `hsl(${Math.round(220 - 190 * part)} 70% 52%)`;
}

function nameOf(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 40) : (JSON.stringify(value ?? null) as string).slice(0, 40);
}
