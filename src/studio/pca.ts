/** Points in two dimensions, and how much of the spread they show. */
export interface Projection {
  /** x and y of each row, one after the other. */
  readonly points: Float32Array<ArrayBuffer>;
  /** Parts of the variance along each of the two directions, 0 to 1; both 0 where all rows are equal. */
  readonly shares: readonly [number, number];
}

const STEPS = 40;
/** Less than that of the whole spread is rounding. */
const NOTHING = 1e-9;

/**
 * The two directions in which vectors spread most, and where each vector lies along them. Each direction is found by turning a vector
 * towards it, step by step.
 *
 * @param rows row-major; is centred in place
 */
export function project(rows: Float32Array, dimension: number): Projection {
  const count = dimension === 0 ? 0 : rows.length / dimension;
  center(rows, dimension, count);
  const whole = squares(rows);
  const points = new Float32Array(2 * count);
  const found: Float64Array[] = [];
  const shares: [number, number] = [0, 0];
  for (const axis of [0, 1] as const) {
    const direction = spread(rows, dimension, count, found, whole * NOTHING);
    if (direction === undefined) break;
    found.push(direction);
    const along = products(rows, direction, dimension, count);
    for (let row = 0; row < count; row++) points[2 * row + axis] = along[row] as number;
    shares[axis] = squares(along) / whole;
  }
  return { points, shares };
}

function center(rows: Float32Array, dimension: number, count: number): void {
  for (let at = 0; at < dimension; at++) {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += rows[row * dimension + at] as number;
    const mean = sum / count;
    for (let row = 0; row < count; row++) rows[row * dimension + at] = (rows[row * dimension + at] as number) - mean;
  }
}

/** The direction of the greatest spread that is square to those found before; undefined where there is none left. */
function spread(
  rows: Float32Array,
  dimension: number,
  count: number,
  before: readonly Float64Array[],
  nothing: number,
): Float64Array | undefined {
  // Any beginning does that is not square to the result, and this one is not by chance of symmetric data.
  let direction = Float64Array.from({ length: dimension }, (_, i) => Math.sin(1 + i * 1.7));
  for (let step = 0; step < STEPS; step++) {
    const along = products(rows, direction, dimension, count);
    const next = new Float64Array(dimension);
    for (let row = 0; row < count; row++) {
      const weight = along[row] as number;
      const begin = row * dimension;
      for (let at = 0; at < dimension; at++) next[at] = (next[at] as number) + weight * (rows[begin + at] as number);
    }
    for (const other of before) takeOut(next, other);
    const length = Math.sqrt(squares(next));
    if (!(length > nothing)) return undefined;
    direction = next.map((value) => value / length);
  }
  return direction;
}

function takeOut(vector: Float64Array, direction: Float64Array): void {
  let share = 0;
  for (let at = 0; at < vector.length; at++) share += (vector[at] as number) * (direction[at] as number);
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) - share * (direction[at] as number);
}

function products(rows: Float32Array, direction: Float64Array, dimension: number, count: number): Float64Array {
  const along = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    const begin = row * dimension;
    for (let at = 0; at < dimension; at++) sum += (rows[begin + at] as number) * (direction[at] as number);
    along[row] = sum;
  }
  return along;
}

function squares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum;
}
