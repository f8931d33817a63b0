import type { PhraseToken } from "./match.js";

/** How many texts hold each word of a phrase. */
export class WordCounts {
  #phrase: readonly PhraseToken[] = [];
  readonly #texts = new Map<string, number>();

  /** Counts a text, by its words. */
  add(phrase: readonly PhraseToken[], words: readonly string[]): void {
    if (phrase !== this.#phrase) {
      this.#phrase = phrase;
      for (const { text } of phrase) this.#texts.set(text, this.#texts.get(text) ?? 0);
    }
    for (const word of new Set(words)) {
      const known = this.#texts.get(word);
      if (known !== undefined) this.#texts.set(word, known + 1);
    }
  }

  /** The numbers of the phrase's tokens, the rarest first; equally frequent ones as they stand there. */
  rarestFirst(): readonly number[] {
    const count = ({ text }: PhraseToken): number => this.#texts.get(text) as number;
    return this.#phrase
      .map((token, number) => ({ number, count: count(token) }))
      .sort((a, b) => a.count - b.count)
      .map(({ number }) => number);
  }
}
