import { failure } from "../../errors.js";
import { type Deadline, NO_DEADLINE } from "../deadline.js";
import type { Library, Method } from "./library.js";

/** Each crossing that is kept takes some hundred bytes. */
const MOST_CROSSINGS = 200_000;
/** Some seconds of work; shapes of many thousand points that are near each other take some hundred thousand. */
const MOST_STEPS = 10_000_000;
/** Innermost steps between two looks at the deadline. */
const STEPS = 512;

/** Counts steps and looks at the deadline now and then; counts what is kept and ends what would fill the memory. */
export class StepWatch {
  #deadline: Deadline = NO_DEADLINE;
  #left = STEPS;
  #spent = 0;
  #kept = 0;

  during<T>(deadline: Deadline, work: () => T): T {
    this.#deadline = deadline;
    this.#spent = 0;
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
    this.#spent += STEPS - this.#left;
    this.#left = STEPS;
    if (this.#spent > MOST_STEPS)
      throw failure("GeometryTooComplex", { detail: "its parts come near each other too often" });
    this.#deadline.check();
  }

  keep(): void {
    this.#kept += 1;
    if (this.#kept > MOST_CROSSINGS) {
      const detail = `it crosses itself or the other more than ${MOST_CROSSINGS} times`;
      throw failure("GeometryTooComplex", { detail });
    }
  }
}

/** The steps that all of the library's nested loops come down to. */
export function watchSteps(library: Library, watch: StepWatch): void {
  const before = (owner: Record<string, unknown>, name: string, look: () => void): void => {
    const original = owner[name] as Method;
    owner[name] = function (this: unknown, ...args: unknown[]): unknown {
      look();
      return original.apply(this, args);
    };
  };
  before(library.LineIntersector.prototype, "isIntersection", () => watch.count(1));
  before(library.PointLocator.prototype, "locate", () => watch.count(1));
  before(library.SegmentIntersector.prototype, "addIntersections", () => watch.count(4));
  before(library.EdgeIntersectionList.prototype, "isIntersection", () => watch.count(4));
  before(library.EdgeIntersectionList.prototype, "add", () => watch.keep());
  before(library.Distance, "segmentToSegment", () => watch.count(1));
  before(library.Distance, "pointToSegment", () => watch.count(1));
}
