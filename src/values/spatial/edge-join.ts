import { BOX_SIZE, BoxTree, writeBox } from "./box-tree.js";
import type { Coordinate } from "./library.js";

/** The part of the library's graphs that is needed to find where edges cross. */
export interface Edge {
  getMonotoneChainEdge(): Chains;
}
/** An edge cut where its direction changes from one quarter of the compass to another. */
export interface Chains {
  readonly e: Edge;
  readonly startIndex: readonly number[];
  readonly pts: readonly Coordinate[];
  computeIntersectsForChain(chain: number, other: Chains, otherChain: number, found: CrossingCollector): void;
}
export interface CrossingCollector {
  addIntersections(edge: Edge, line: number, other: Edge, otherLine: number): void;
  isDone(): boolean;
  /** Whether two edges have a place in common. */
  hasIntersection(): boolean;
  /** Whether two edges cross somewhere that is an end of neither. */
  hasProperInteriorIntersection(): boolean;
}
export interface EdgeList {
  size(): number;
  get(index: number): Edge;
}

interface Chain {
  readonly edge: number;
  readonly chains: Chains;
  readonly index: number;
  /** Its points, by their places in the edge. */
  readonly start: number;
  readonly end: number;
}

/** Chains of more pairs of lines are halved by the library until their parts lie apart. */
const FEW_PAIRS = 16;

/**
 * Finds the crossings of edges in place of the library's own sweep along x, which compares everything that lies above
 * each other. Takes the same two calls.
 */
export class EdgeJoin {
  readonly #step: () => void;
  readonly #look: (found: CrossingCollector) => void;

  /**
   * @param step called for each pair of chains that come near each other
   * @param look called behind each such pair of two lists, with what was found so far
   */
  constructor(step: () => void, look: (found: CrossingCollector) => void) {
    this.#step = step;
    this.#look = look;
  }

  /** Within one list: also of an edge with itself, if the third argument says so. Between two lists: of all pairs. */
  computeIntersections(
    edges: EdgeList,
    second: EdgeList | CrossingCollector,
    third: CrossingCollector | boolean,
  ): void {
    if (typeof third === "boolean") {
      // The lines of one ring are not compared with each other.
      if (edges.size() < 2 && !third) return;
      const list = chainsOf(edges);
      this.#join(list, list, second as CrossingCollector, third);
    } else {
      this.#join(chainsOf(edges), chainsOf(second as EdgeList), third, true);
    }
  }

  #join(left: readonly Chain[], right: readonly Chain[], found: CrossingCollector, withItself: boolean): void {
    const boxes = boxesOf(right);
    const tree = new BoxTree(boxes);
    const same = left === right;
    const own = same ? boxes : boxesOf(left);
    for (let a = 0; a < left.length; a += 1) {
      const one = left[a] as Chain;
      const done = tree.search(own, a, (b) => {
        if (same && b < a) return false;
        const other = right[b] as Chain;
        if (!withItself && one.edge === other.edge) return false;
        this.#step();
        if ((one.end - one.start) * (other.end - other.start) <= FEW_PAIRS) compareLines(one, other, found);
        else one.chains.computeIntersectsForChain(one.index, other.chains, other.index, found);
        if (!same) this.#look(found);
        return found.isDone();
      });
      if (done) return;
    }
  }
}

function chainsOf(edges: EdgeList): Chain[] {
  const list: Chain[] = [];
  for (let edge = 0; edge < edges.size(); edge += 1) {
    const chains = edges.get(edge).getMonotoneChainEdge();
    for (let index = 0; index < chains.startIndex.length - 1; index += 1) {
      const [start, end] = [chains.startIndex[index] as number, chains.startIndex[index + 1] as number];
      list.push({ edge, chains, index, start, end });
    }
  }
  return list;
}

function boxesOf(list: readonly Chain[]): Float64Array {
  const boxes = new Float64Array(list.length * BOX_SIZE);
  list.forEach(({ chains, start, end }, at) => {
    writeBox(boxes, at, chains.pts.slice(start, end + 1));
  });
  return boxes;
}

/** Line by line; the library only sees those that may meet. */
function compareLines(one: Chain, other: Chain, found: CrossingCollector): void {
  for (let i = one.start; i < one.end; i += 1) {
    const [a, b] = [one.chains.pts[i] as Coordinate, one.chains.pts[i + 1] as Coordinate];
    for (let j = other.start; j < other.end; j += 1) {
      const [c, d] = [other.chains.pts[j] as Coordinate, other.chains.pts[j + 1] as Coordinate];
      // Beyond doubt about the rounding, both ends of one lie on the same side of the other.
      if (sameSide(a, b, c, d) || sameSide(c, d, a, b)) continue;
      found.addIntersections(one.chains.e, i, other.chains.e, j);
    }
  }
}

function sameSide(from: Coordinate, to: Coordinate, p: Coordinate, q: Coordinate): boolean {
  return sideOf(from, to, p) * sideOf(from, to, q) > 0;
}

/** What rounding can change of the two products, relative to their sizes. */
const ROUNDING = 4e-16;

/** 1 or -1; 0 on the line or too near to say. */
function sideOf(from: Coordinate, to: Coordinate, point: Coordinate): number {
  const left = (to.x - from.x) * (point.y - from.y);
  const right = (to.y - from.y) * (point.x - from.x);
  const turn = left - right;
  return Math.abs(turn) > ROUNDING * (Math.abs(left) + Math.abs(right)) ? Math.sign(turn) : 0;
}
