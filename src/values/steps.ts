/** Work that can be left between two steps, and gone on with later. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Whether a step ends before an item: a few are one. */
export function isStep(item: number): boolean {
  return (item & 7) === 7;
}

/** Goes to the end in one stretch. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
