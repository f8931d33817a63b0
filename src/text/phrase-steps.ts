import type { Deadline } from "../values/deadline.js";
import { StepLimit } from "../values/step-limit.js";

/**
 * Phrases of three words and more with slop, as the text index of Milvus (tantivy) looks for them: token after token, and what
 * fits so far is a list of shifts with the slop used for each. That is not the best alignment there is: it finds more, and now
 * and then less, and the order of the tokens matters. A list may hold a shift again behind a larger one, and what is used is
 * kept in a byte: both decide what comes next, so both are kept here.
 */

/** Where one token stands in the text, rising, and its place in the phrase: a shift is the difference. */
export interface ShiftList {
  readonly positions: readonly number[];
  readonly place: number;
}

/** Longer lists hold no shift twice, and none behind a larger one: else each token could square their length. */
const MOST_REPEATED = 4096;

/**
 * Shifts that are looked at for one text, at most: half a second of work. A phrase that comes near it says one word hundreds of
 * times, and so does the text.
 */
const MOST_LOOKS = 20_000_000;

/** Shifts that the phrase up to some token can have, and the slop used for each. */
class Reached {
  readonly shifts: number[] = [];
  readonly used: number[] = [];
  readonly #looks: StepLimit;

  /** @param looks of the whole text */
  constructor(looks: StepLimit) {
    this.#looks = looks;
  }

  /** Nothing up to this shift would be added. */
  isBehind(shift: number): boolean {
    const last = this.shifts.length - 1;
    return last >= MOST_REPEATED && (this.shifts[last] as number) > shift;
  }

  add(shift: number, used: number): void {
    const { shifts } = this;
    this.#looks.step();
    const last = shifts.length - 1;
    if (last >= 0 && (shifts[last] === shift || (last >= MOST_REPEATED && (shifts[last] as number) > shift))) {
      if (shifts[last] === shift) this.used[last] = Math.min(this.used[last] as number, used & 255);
      return;
    }
    shifts.push(shift);
    this.used.push(used & 255);
  }
}

/**
 * @param lists of the tokens in the order in which they are looked for
 * @throws InvalidParameter where words repeat so often that it would take long
 */
export function fitsStepwise(lists: readonly ShiftList[], slop: number, deadline: Deadline): boolean {
  const [first] = lists as readonly [ShiftList];
  const looks = new StepLimit(MOST_LOOKS, "phrase_match: the words of the phrase and of a text repeat too often");
  let reached = new Reached(looks);
  for (const position of first.positions) reached.add(position - first.place, 0);
  for (const middle of lists.slice(1, -1)) {
    reached = step(reached, middle, slop, deadline, new Reached(looks));
    if (reached.shifts.length === 0) return false;
  }
  // The last token only has to be near enough: what was used before does not count.
  const { positions, place } = lists[lists.length - 1] as ShiftList;
  const { shifts } = reached;
  for (let i = 0, j = 0; i < shifts.length && j < positions.length; ) {
    const difference = (positions[j] as number) - place - (shifts[i] as number);
    if (Math.abs(difference) <= slop) return true;
    if (difference < 0) j += 1;
    else i += 1;
  }
  return false;
}

/** Walks both lists from the left and joins what lies near enough: into `joined`, which it returns. */
function step(
  { shifts, used }: Reached,
  { positions, place }: ShiftList,
  slop: number,
  deadline: Deadline,
  joined: Reached,
): Reached {
  const others = positions.map((position) => position - place);
  let i = 0;
  let j = 0;
  for (let rounds = 1; i < shifts.length && j < others.length; rounds += 1) {
    if (rounds % 256 === 0) deadline.check();
    const left = shifts[i] as number;
    const right = others[j] as number;
    const before = used[i] as number;
    if (before + Math.abs(left - right) > slop) {
      if (left < right) i += 1;
      else j += 1;
      continue;
    }
    joinPair(joined, before, left < right ? { list: shifts, at: i, to: right } : { list: others, at: j, to: left });
    i += 1;
    j += 1;
  }
  // One list has ended: its last element may still reach what remains of the other.
  const lastReached = shifts.length - 1;
  const rest: (readonly [shift: number, used: number])[] =
    i === shifts.length
      ? others.slice(j).map((shift) => [shift, distance(shift, shifts[lastReached]) + (used[lastReached] as number)])
      : shifts
          .slice(i)
          .map((shift, n) => [shift, distance(shift, others[others.length - 1]) + (used[i + n] as number)]);
  for (const [shift, sum] of rest) if (sum <= slop) joined.add(shift, sum);
  return joined;
}

function distance(a: number, b: number | undefined): number {
  return Math.abs(a - (b as number));
}

/** Adds the smaller of two shifts that fit, those behind it in its list up to the larger one, and the larger one. */
function joinPair(
  joined: Reached,
  before: number,
  { list, at, to }: { readonly list: readonly number[]; readonly at: number; readonly to: number },
): void {
  if (joined.isBehind(to)) return;
  let sum = 0;
  for (let k = at; k === at || (k < list.length && (list[k] as number) <= to); k += 1) {
    sum = before + distance(list[k] as number, to);
    joined.add(list[k] as number, sum);
  }
  joined.add(to, sum);
}
