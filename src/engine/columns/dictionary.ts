/** More different texts than this, or characters in them, are no help: a column of them is not kept. */
const MOST_TEXTS = 65_536;
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** What a text takes beside its characters. */
const TEXT_BYTES = 80;

/** The different texts of a column, numbered as they came. */
export class Dictionary {
  readonly texts: string[] = [];
  /** Of all texts together. */
  characters = 0;
  readonly #codes = new Map<string, number>();

  /** @returns undefined when there are too many */
  add(text: string): number | undefined {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.length;
    if (code >= MOST_TEXTS || this.characters + text.length > MOST_CHARACTERS) return undefined;
    this.texts.push(text);
    this.#codes.set(text, code);
    this.characters += text.length;
    return code;
  }

  find(text: string): number | undefined {
    return this.#codes.get(text);
  }

  get memoryBytes(): number {
    return this.characters * 2 + this.texts.length * TEXT_BYTES;
  }
}
