/** Lets other calls go on. @returns false when the rest is not wanted any more; throws where it is not wanted at all */
export type Pause = () => Promise<boolean>;

/**
 * Comparing lists would take so long that other calls would feel it: it is given up, to be done in slices, and then the search anew.
 * Never reaches a caller.
 */
export class LongMeasure extends Error {
  override readonly name = "LongMeasure";
  /** Of which segment. */
  readonly of: object;
  /** Measures, and keeps for the next search what has been found: nothing where a write came in between. */
  readonly inSlices: (pause: Pause) => Promise<void>;
  /** The next search measures at once, however long that takes. */
  readonly atOnce: () => void;
  /** The search has been answered: nothing is kept any more. */
  readonly done: () => void;

  constructor(of: object, ways: Pick<LongMeasure, "inSlices" | "atOnce" | "done">) {
    super();
    this.of = of;
    this.inSlices = ways.inSlices;
    this.atOnce = ways.atOnce;
    this.done = ways.done;
  }
}
