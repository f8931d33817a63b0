import { BoundedMap } from "./bounded-map.js";
import { sampledHash, sampledHashOfNumbers } from "./sampled-hash.js";

/** Texts up to this length are their own names, but for those that begin as names do. */
const SHORT = 256;
const MARK = "\u0001";
const MOST_NAMES = 512;
/** Bytes of all texts and lists that have names. */
const MOST_BYTES = 4_000_000;

interface Named {
  readonly what: string | Float64Array;
  readonly name: string;
}

/**
 * Short names of long texts and lists of numbers, for keys: a map reads each key that it looks up from end to end, and each longer key that
 * is made of it once more. Different ones have different names. The same one has the same name as long as it is remembered.
 */
export class ShortNames {
  /** By what is seen of them at a glance: of two that look alike the later one is remembered. */
  readonly #named = new BoundedMap<number, Named>({
    entries: MOST_NAMES,
    weight: MOST_BYTES,
    weigh: ({ what }) => (typeof what === "string" ? what.length * 2 : what.byteLength),
  });
  #count = 0;

  of(text: string): string {
    return text.length <= SHORT && !text.startsWith(MARK) ? text : this.#nameOf(sampledHash(text), text);
  }

  ofNumbers(numbers: Float64Array): string {
    return this.#nameOf(sampledHashOfNumbers(numbers), numbers);
  }

  #nameOf(hash: number, what: string | Float64Array): string {
    const known = this.#named.get(hash);
    if (known !== undefined && isSame(known.what, what)) return known.name;
    this.#count += 1;
    const name = `${MARK}${this.#count}`;
    this.#named.set(hash, { what, name });
    return name;
  }
}

function isSame(one: string | Float64Array, other: string | Float64Array): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
