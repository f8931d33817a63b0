/** `random_sample`: how many of so many rows are drawn. The share of one more is its probability. */
export function drawnCount(of: number, share: number, random: () => number): number {
  const exact = of * share;
  return Math.floor(exact) + (random() < exact - Math.floor(exact) ? 1 : 0);
}

/** About that share of rows, whose order is lost. */
export function drawRows(rows: number[], share: number, random: () => number): number[] {
  const count = drawnCount(rows.length, share, random);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (rows.length - i));
    const swapped = rows[i] as number;
    rows[i] = rows[j] as number;
    rows[j] = swapped;
  }
  return rows.slice(0, count);
}
