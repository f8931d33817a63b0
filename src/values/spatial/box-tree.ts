/** Boxes of one node. */
const FAN_OUT = 16;

/**
 * Boxes in a tree, so that those which meet another box are found without looking at all. Sorted into columns by x and
 * within each by y, then packed from the bottom up.
 */
export class BoxTree {
  /** minX, minY, maxX, maxY of every node, level by level, the boxes themselves first. */
  readonly #bounds: Float64Array;
  /** What stands at each place of the lowest level. */
  readonly #items: Uint32Array;
  /** Where each level begins; the last one holds one node. */
  readonly #levels: number[] = [0];

  /** @param boxes minX, minY, maxX, maxY of item 0, of item 1, ... */
  constructor(boxes: Float64Array) {
    const count = boxes.length / 4;
    let total = count;
    for (let n = count; n > 1; ) {
      this.#levels.push(total);
      n = Math.ceil(n / FAN_OUT);
      total += n;
    }
    this.#bounds = new Float64Array(total * 4);
    this.#items = inColumns(boxes, count);
    for (let i = 0; i < count; i += 1) {
      const from = (this.#items[i] as number) * 4;
      this.#bounds.set(boxes.subarray(from, from + 4), i * 4);
    }
    for (let level = 1; level < this.#levels.length; level += 1) this.#pack(level, total);
  }

  #end(level: number): number {
    return this.#levels[level + 1] ?? this.#bounds.length / 4;
  }

  #pack(level: number, total: number): void {
    const below = this.#levels[level - 1] as number;
    const first = this.#levels[level] as number;
    const end = this.#levels[level + 1] ?? total;
    for (let node = first; node < end; node += 1) {
      const children = below + (node - first) * FAN_OUT;
      const last = Math.min(children + FAN_OUT, first);
      const box = [
        Number.POSITIVE_INFINITY,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
      ];
      for (let child = children; child < last; child += 1) {
        box[0] = Math.min(box[0] as number, this.#bounds[child * 4] as number);
        box[1] = Math.min(box[1] as number, this.#bounds[child * 4 + 1] as number);
        box[2] = Math.max(box[2] as number, this.#bounds[child * 4 + 2] as number);
        box[3] = Math.max(box[3] as number, this.#bounds[child * 4 + 3] as number);
      }
      this.#bounds.set(box, node * 4);
    }
  }

  /** Calls `found` with each item whose box meets or touches the given one, until it answers true. @returns whether it did */
  search(minX: number, minY: number, maxX: number, maxY: number, found: (item: number) => boolean): boolean {
    const bounds = this.#bounds;
    const visit = (level: number, from: number, to: number): boolean => {
      for (let node = from; node < to; node += 1) {
        const at = node * 4;
        if ((bounds[at] as number) > maxX || (bounds[at + 1] as number) > maxY) continue;
        if ((bounds[at + 2] as number) < minX || (bounds[at + 3] as number) < minY) continue;
        if (level === 0) {
          if (found(this.#items[node] as number)) return true;
        } else {
          const children = (this.#levels[level - 1] as number) + (node - (this.#levels[level] as number)) * FAN_OUT;
          if (visit(level - 1, children, Math.min(children + FAN_OUT, this.#levels[level] as number))) return true;
        }
      }
      return false;
    };
    const top = this.#levels.length - 1;
    return visit(top, this.#levels[top] as number, this.#end(top));
  }
}

/** The items by columns of x, and by y within a column. */
function inColumns(boxes: Float64Array, count: number): Uint32Array {
  const middle = (item: number, axis: 0 | 1): number =>
    (boxes[item * 4 + axis] as number) + (boxes[item * 4 + axis + 2] as number);
  const items = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => middle(a, 0) - middle(b, 0));
  const column = FAN_OUT * Math.max(1, Math.ceil(Math.sqrt(count / FAN_OUT)));
  for (let from = 0; from < count; from += column) {
    items.subarray(from, from + column).sort((a, b) => middle(a, 1) - middle(b, 1));
  }
  return items;
}
