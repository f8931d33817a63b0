/** The kinds of values in a flat message, each the first of two 32-bit words; the second is a length, a number of items, or a name. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A double follows. */
  number: 4,
  /** 64 bits follow. */
  bigint: 5,
  /** UTF-16 follows. */
  text: 6,
  /** Doubles follow. */
  numbers: 7,
  /** Values follow. */
  list: 8,
  /** Keys and values follow, by turns. */
  object: 9,
  /** A key that is given a number, the next one. UTF-16 follows. */
  newKey: 10,
  key: 11,
  /** From here on typed arrays, in the order of `TYPED_ARRAYS`. Their bytes follow. */
  view: 16,
} as const;

/** Keys of objects that have a number; later ones are written out. */
export const MOST_KEYS = 4096;
