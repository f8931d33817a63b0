import { BoundedMap } from "./bounded-map.js";
import { sampledHash } from "./sampled-hash.js";

/** Texts up to this length are their own names. */
const SHORT = 256;
const MOST_NAMES = 512;
/** Characters of all texts that have names. */
const MOST_CHARACTERS = 2_000_000;

interface Named {
  readonly text: string;
  readonly name: string;
}

/**
 * Short names of long texts, for keys: a map reads each key that it looks up from end to end, and each longer key that is made of it once
 * more. Different texts have different names. The same text has the same name as long as it is remembered.
 */
export class ShortNames {
  /** By what is seen of a text at a glance: of two that look alike the later one is remembered. */
  readonly #named = new BoundedMap<number, Named>({
    entries: MOST_NAMES,
    weight: MOST_CHARACTERS,
    weigh: ({ text }) => text.length,
  });
  #count = 0;

  of(text: string): string {
    if (text.length <= SHORT) return `=${text}`;
    const hash = sampledHash(text);
    const known = this.#named.get(hash);
    if (known?.text === text) return known.name;
    this.#count += 1;
    const name = `#${this.#count}`;
    this.#named.set(hash, { text, name });
    return name;
  }
}
