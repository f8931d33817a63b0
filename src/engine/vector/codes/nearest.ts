/** The `k` nearest of the rows that are added; ties go to the lower ordinal. */
export class Nearest {
  readonly #k: number;
  #found: { readonly ordinal: number; readonly distance: number }[] = [];
  /** No row that is farther is wanted: the distance of the last one, as far as is known. */
  worst: number = Number.POSITIVE_INFINITY;

  constructor(k: number) {
    this.#k = k;
  }

  add(ordinal: number, distance: number): void {
    if (distance > this.worst) return;
    this.#found.push({ ordinal, distance });
    if (this.#found.length >= this.#k + (this.#k >> 2) || this.#found.length === this.#k) this.#cut();
  }

  #cut(): void {
    this.#found.sort((a, b) => a.distance - b.distance || a.ordinal - b.ordinal);
    if (this.#found.length < this.#k) return;
    this.#found.length = this.#k;
    this.worst = (this.#found.at(-1) as { distance: number }).distance;
  }

  /** Nearest first. */
  ordinals(): number[] {
    this.#cut();
    return this.#found.map(({ ordinal }) => ordinal);
  }

  distances(): number[] {
    this.#cut();
    return this.#found.map(({ distance }) => distance);
  }
}
