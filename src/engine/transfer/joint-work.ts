import type { TransferSteps } from "./transfer-scope.js";

interface Running<Result> {
  /** What came of it; undefined when it has failed. */
  readonly ended: Promise<Result | undefined>;
  /** Who waits for it, too. */
  readonly joined: Set<TransferSteps>;
}

/** Work that is done once, however many ask for it at the same time. */
export class JointWork<Result> {
  readonly #running = new Map<string, Running<Result>>();

  /**
   * Does the work, or waits for whoever does it already.
   *
   * @param about what it is about
   * @param work is given the steps of all who wait
   * @returns undefined when it was another's and has failed: what ends him need not end who waits
   * @throws what the own `work` throws, and what ends `steps`
   */
  async join(
    about: string,
    steps: TransferSteps,
    work: (steps: TransferSteps) => Promise<Result>,
  ): Promise<Result | undefined> {
    const other = this.#running.get(about);
    if (other !== undefined) return waitedFor(other, steps);
    const joined = new Set<TransferSteps>();
    const done = work({
      ...steps,
      progressed(progress) {
        for (const each of [steps, ...joined]) each.progressed(progress);
      },
    });
    this.#running.set(about, { ended: done.catch(() => undefined), joined });
    try {
      return await done;
    } finally {
      this.#running.delete(about);
    }
  }
}

async function waitedFor<Result>(
  { ended, joined }: Running<Result>,
  steps: TransferSteps,
): Promise<Result | undefined> {
  const { signal } = steps;
  let wake = (): void => {};
  const left = new Promise<undefined>((resolve) => {
    wake = () => resolve(undefined);
  });
  signal?.addEventListener("abort", wake, { once: true });
  joined.add(steps);
  try {
    const result = await Promise.race([ended, left]);
    steps.check();
    return result;
  } finally {
    joined.delete(steps);
    signal?.removeEventListener("abort", wake);
  }
}
