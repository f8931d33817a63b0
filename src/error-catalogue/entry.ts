/** One kind of error. */
export interface ErrorEntry<D> {
  /** Milvus 2.6 code. */
  readonly code: number;
  /** Code of the 3.0 line, where it differs; its text then ends in `: invalid parameter`. */
  readonly head?: number;
  /** `error_code` of the pre-2.3 protocol, still used by the 9091 surface; 1 where absent. */
  readonly legacy?: number;
  readonly text: (details: D) => string;
  /** What the 3.0 line says instead, where that is another text. */
  readonly late?: (details: D) => string;
}

type More = { readonly head?: number; readonly legacy?: number };

/** An error with a code of its own. */
export function entry<D>(code: number, text: (details: D) => string, more: More = {}): ErrorEntry<D> {
  return { code, text, ...more };
}

/** Message-only parameter errors (code 1100): the text, then the base text. */
export function invalid<D>(text: (details: D) => string): ErrorEntry<D> {
  return entry<D>(1100, (details) => `${text(details)}: invalid parameter`, { legacy: 5 });
}

/** Failures for which the server has no number of its own (code 65535, 1100 on the 3.0 line). */
export function plain<D>(text: (details: D) => string, late?: (details: D) => string): ErrorEntry<D> {
  return { ...entry<D>(65535, text, { head: 1100 }), ...(late !== undefined && { late }) };
}
