/** More different texts than this are no help: a column of them is not kept. */
export const MOST_TEXTS = 65_536;
/** What a text takes beside its characters. */
const TEXT_BYTES = 80;

/** The different texts of a column, numbered as they came. */
export class Dictionary {
  readonly texts: string[] = [];
  readonly #codes = new Map<string, number>();
  #bytes = 0;

  /** @returns undefined when there are too many */
  add(text: string): number | undefined {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.length;
    if (code >= MOST_TEXTS) return undefined;
    this.texts.push(text);
    this.#codes.set(text, code);
    this.#bytes += text.length * 2 + TEXT_BYTES;
    return code;
  }

  find(text: string): number | undefined {
    return this.#codes.get(text);
  }

  get memoryBytes(): number {
    return this.#bytes;
  }
}
