import { Slices } from "../../values/slices.js";
import type { Steps } from "../../values/steps.js";
import type { LongWrite, LongWrites } from "./long-writes.js";

/**
 * Does work in slices over the engine's own connection, where there can be no other: what it makes is committed step by step, and means
 * nothing to anybody until it is done. Who wants to write meanwhile waits; who cannot wait spoils it.
 *
 * @param begin called when nothing else is written any more; what it throws is thrown
 * @param done called in the moment of the last step, without an await between
 * @returns false: it was spoilt, and `done` was not called
 */
export async function preparedInSlices(
  turns: LongWrites,
  begin: () => Steps<void>,
  done: () => void,
): Promise<boolean> {
  for (let { busy } = turns; busy !== undefined; { busy } = turns) await busy;
  const steps = begin();
  const write = new GivesWay(turns);
  turns.begin(write);
  const slices = new Slices();
  try {
    while (!write.over) {
      if (steps.next().done === true) {
        write.settle();
        done();
        return true;
      }
      if (slices.over) await slices.next();
    }
    return false;
  } finally {
    write.settle();
  }
}

/** Ends where it stands when somebody else must write. */
class GivesWay implements LongWrite {
  readonly ended: Promise<void>;
  readonly #turns: LongWrites;
  #end: () => void = () => {};
  #over = false;

  constructor(turns: LongWrites) {
    this.#turns = turns;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get over(): boolean {
    return this.#over;
  }

  settle(): void {
    this.#over = true;
    this.#turns.end(this);
    this.#end();
  }
}
