/** Boxes of one node. */
const FAN_OUT = 16;

/** Along x, y, and the two diagonals x + y and x - y: long thin things that lie slantwise fill most of an upright box with nothing. */
const AXES = 4;
/** Lower and upper bound along each axis. */
export const BOX_SIZE: number = AXES * 2;

/** Writes the box around two corners of something that lies between them: a line, or, with all of its corners, a box. */
export function writeBox(
  target: Float64Array,
  at: number,
  corners: readonly { readonly x: number; readonly y: number }[],
): void {
  const start = at * BOX_SIZE;
  for (let axis = 0; axis < AXES; axis += 1) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { x, y } of corners) {
      const value = axis === 0 ? x : axis === 1 ? y : axis === 2 ? x + y : x - y;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    target[start + axis] = low;
    target[start + AXES + axis] = high;
  }
}

/**
 * Boxes in a tree, so that those which meet another box are found without looking at all. Sorted into columns by x and
 * within each by y, then packed from the bottom up.
 */
export class BoxTree {
  /** The boxes of all nodes, level by level, those that were given first. */
  readonly #boxes: Float64Array;
  /** What stands at each place of the lowest level. */
  readonly #items: Uint32Array;
  /** Where each level begins; the last one holds one node. */
  readonly #levels: number[] = [0];
  readonly #nodes: number;

  /** @param boxes of item 0, of item 1, ... as `writeBox` writes them */
  constructor(boxes: Float64Array) {
    const count = boxes.length / BOX_SIZE;
    let total = count;
    for (let n = count; n > 1; ) {
      this.#levels.push(total);
      n = Math.ceil(n / FAN_OUT);
      total += n;
    }
    this.#nodes = total;
    this.#boxes = new Float64Array(total * BOX_SIZE);
    this.#items = inColumns(boxes, count);
    for (let i = 0; i < count; i += 1) {
      const from = (this.#items[i] as number) * BOX_SIZE;
      this.#boxes.set(boxes.subarray(from, from + BOX_SIZE), i * BOX_SIZE);
    }
    for (let level = 1; level < this.#levels.length; level += 1) this.#pack(level);
  }

  #end(level: number): number {
    return this.#levels[level + 1] ?? this.#nodes;
  }

  #pack(level: number): void {
    const boxes = this.#boxes;
    const first = this.#levels[level] as number;
    for (let node = first; node < this.#end(level); node += 1) {
      const children = (this.#levels[level - 1] as number) + (node - first) * FAN_OUT;
      for (let axis = 0; axis < AXES; axis += 1) {
        let low = Number.POSITIVE_INFINITY;
        let high = Number.NEGATIVE_INFINITY;
        for (let child = children; child < Math.min(children + FAN_OUT, first); child += 1) {
          low = Math.min(low, boxes[child * BOX_SIZE + axis] as number);
          high = Math.max(high, boxes[child * BOX_SIZE + AXES + axis] as number);
        }
        boxes[node * BOX_SIZE + axis] = low;
        boxes[node * BOX_SIZE + AXES + axis] = high;
      }
    }
  }

  /**
   * Calls `found` with each item whose box meets or touches a given one, until it answers true.
   * @param given where the box stands among `from`
   * @returns whether it did
   */
  search(from: Float64Array, given: number, found: (item: number) => boolean): boolean {
    const boxes = this.#boxes;
    const g = given * BOX_SIZE;
    const [x0, y0, u0, v0] = [from[g], from[g + 1], from[g + 2], from[g + 3]] as [number, number, number, number];
    const [x1, y1, u1, v1] = [from[g + 4], from[g + 5], from[g + 6], from[g + 7]] as [number, number, number, number];
    const visit = (level: number, start: number, end: number): boolean => {
      for (let node = start; node < end; node += 1) {
        const b = node * BOX_SIZE;
        if ((boxes[b] as number) > x1 || (boxes[b + 4] as number) < x0) continue;
        if ((boxes[b + 1] as number) > y1 || (boxes[b + 5] as number) < y0) continue;
        if ((boxes[b + 2] as number) > u1 || (boxes[b + 6] as number) < u0) continue;
        if ((boxes[b + 3] as number) > v1 || (boxes[b + 7] as number) < v0) continue;
        if (level === 0) {
          if (found(this.#items[node] as number)) return true;
        } else {
          const first = this.#levels[level] as number;
          const children = (this.#levels[level - 1] as number) + (node - first) * FAN_OUT;
          if (visit(level - 1, children, Math.min(children + FAN_OUT, first))) return true;
        }
      }
      return false;
    };
    const top = this.#levels.length - 1;
    return visit(top, this.#levels[top] as number, this.#end(top));
  }

  /**
   * Calls `found` with items whose boxes are nearer to a given one than `limit`, near ones first on the whole. It answers
   * the limit from there on.
   * @param given where the box stands among `from`
   */
  approach(from: Float64Array, given: number, limit: number, found: (item: number) => number): void {
    let most = limit;
    const visit = (level: number, start: number, end: number): void => {
      const near: { readonly node: number; readonly distance: number }[] = [];
      for (let node = start; node < end; node += 1) near.push({ node, distance: this.#distance(node, from, given) });
      for (const { node, distance } of near.sort((a, b) => a.distance - b.distance)) {
        if (distance >= most) return;
        if (level === 0) most = found(this.#items[node] as number);
        else {
          const first = this.#levels[level] as number;
          const children = (this.#levels[level - 1] as number) + (node - first) * FAN_OUT;
          visit(level - 1, children, Math.min(children + FAN_OUT, first));
        }
      }
    };
    const top = this.#levels.length - 1;
    visit(top, this.#levels[top] as number, this.#end(top));
  }

  /** Less than two things in these boxes can be apart. */
  #distance(node: number, from: Float64Array, given: number): number {
    const gap = (axis: number): number => {
      const [a, b] = [node * BOX_SIZE + axis, given * BOX_SIZE + axis];
      const boxes = this.#boxes;
      return Math.max(
        0,
        (boxes[a] as number) - (from[b + AXES] as number),
        (from[b] as number) - (boxes[a + AXES] as number),
      );
    };
    const [x, y, u, v] = [gap(0), gap(1), gap(2), gap(3)];
    return SURELY * Math.sqrt(Math.max(x * x + y * y, (u * u + v * v) / 2));
  }
}

/** Makes up for what rounding adds. */
const SURELY = 1 - 1e-12;

/** The items by columns of x, and by y within a column. */
function inColumns(boxes: Float64Array, count: number): Uint32Array {
  const middle = (item: number, axis: 0 | 1): number =>
    (boxes[item * BOX_SIZE + axis] as number) + (boxes[item * BOX_SIZE + AXES + axis] as number);
  const items = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => middle(a, 0) - middle(b, 0));
  const column = FAN_OUT * Math.max(1, Math.ceil(Math.sqrt(count / FAN_OUT)));
  for (let from = 0; from < count; from += column) {
    items.subarray(from, from + column).sort((a, b) => middle(a, 1) - middle(b, 1));
  }
  return items;
}
