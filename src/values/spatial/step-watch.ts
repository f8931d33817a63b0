import { failure } from "../../errors.js";
import { type Deadline, NO_DEADLINE } from "../deadline.js";
import type { Library, Method } from "./library.js";

/** Each crossing that is kept takes some hundred bytes. */
const MOST_CROSSINGS = 500_000;
/** Innermost steps between two looks at the deadline. */
const STEPS = 512;

/** Counts steps and looks at the deadline now and then; counts what is kept and ends what would fill the memory. */
export class StepWatch {
  #deadline: Deadline = NO_DEADLINE;
  #left = STEPS;
  #kept = 0;

  during<T>(deadline: Deadline, work: () => T): T {
    this.#deadline = deadline;
    this.#kept = 0;
    try {
      return work();
    } finally {
      this.#deadline = NO_DEADLINE;
    }
  }

  count(steps: number): void {
    this.#left -= steps;
    if (this.#left > 0) return;
    this.#left = STEPS;
    this.#deadline.check();
  }

  keep(): void {
    this.#kept += 1;
    if (this.#kept > MOST_CROSSINGS) throw failure("GeometryTooComplex", { limit: MOST_CROSSINGS });
  }
}

/** The steps that all of the library's nested loops come down to. */
export function watchSteps(library: Library, watch: StepWatch): void {
  const lengthOf = (ring: unknown): number => (Array.isArray(ring) ? ring.length : 1);
  const before = (owner: Record<string, unknown>, name: string, look: (args: unknown[]) => void): void => {
    const original = owner[name] as Method;
    owner[name] = function (this: unknown, ...args: unknown[]): unknown {
      look(args);
      return original.apply(this, args);
    };
  };
  before(library.RayCrossingCounter, "locatePointInRing", ([, ring]) => watch.count(1 + lengthOf(ring) / 16));
  before(library.LineIntersector.prototype, "isIntersection", () => watch.count(1));
  before(library.EdgeIntersectionList.prototype, "isIntersection", () => watch.count(4));
  before(library.EdgeIntersectionList.prototype, "add", () => watch.keep());
  before(library.Distance, "segmentToSegment", () => watch.count(1));
  before(library.Distance, "pointToSegment", () => watch.count(1));
}
