import { BoxTree } from "./box-tree.js";

/** The part of the toolkit's graphs that is needed to find where edges cross. */
export interface Edge {
  getMonotoneChainEdge(): Chains;
}
/** An edge cut where its direction changes from one quarter of the compass to another. */
export interface Chains {
  readonly startIndex: readonly number[];
  readonly pts: readonly { readonly x: number; readonly y: number }[];
  computeIntersectsForChain(chain: number, other: Chains, otherChain: number, found: CrossingCollector): void;
}
export interface CrossingCollector {
  isDone(): boolean;
}
export interface EdgeList {
  size(): number;
  get(index: number): Edge;
}

interface Chain {
  readonly edge: number;
  readonly chains: Chains;
  readonly index: number;
}

/**
 * Finds the crossings of edges in place of the toolkit's own sweep along x, which compares everything that lies above
 * each other. Takes the same two calls.
 */
export class EdgeJoin {
  readonly #step: () => void;

  /** @param step called for each pair of chains that come near each other */
  constructor(step: () => void) {
    this.#step = step;
  }

  /** Within one list: also of an edge with itself, if the third argument says so. Between two lists: of all pairs. */
  computeIntersections(
    edges: EdgeList,
    second: EdgeList | CrossingCollector,
    third: CrossingCollector | boolean,
  ): void {
    if (typeof third === "boolean") {
      const chains = chainsOf(edges);
      this.#join(
        chains,
        chains,
        second as CrossingCollector,
        (a, b) => a <= b && (third || chains[a]?.edge !== chains[b]?.edge),
      );
    } else {
      this.#join(chainsOf(edges), chainsOf(second as EdgeList), third, () => true);
    }
  }

  #join(
    left: readonly Chain[],
    right: readonly Chain[],
    found: CrossingCollector,
    wanted: (left: number, right: number) => boolean,
  ): void {
    const boxes = boxesOf(right);
    const tree = new BoxTree(boxes);
    const own = left === right ? boxes : boxesOf(left);
    for (let a = 0; a < left.length; a += 1) {
      const { chains, index } = left[a] as Chain;
      const [minX, minY, maxX, maxY] = own.subarray(a * 4, a * 4 + 4) as unknown as [number, number, number, number];
      const done = tree.search(minX, minY, maxX, maxY, (b) => {
        if (!wanted(a, b)) return false;
        const other = right[b] as Chain;
        this.#step();
        chains.computeIntersectsForChain(index, other.chains, other.index, found);
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
    for (let index = 0; index < chains.startIndex.length - 1; index += 1) list.push({ edge, chains, index });
  }
  return list;
}

/** A chain goes one way: its ends are the corners of its box. */
function boxesOf(list: readonly Chain[]): Float64Array {
  const boxes = new Float64Array(list.length * 4);
  list.forEach(({ chains, index }, at) => {
    const from = chains.pts[chains.startIndex[index] as number] as { x: number; y: number };
    const to = chains.pts[chains.startIndex[index + 1] as number] as { x: number; y: number };
    boxes.set([Math.min(from.x, to.x), Math.min(from.y, to.y), Math.max(from.x, to.x), Math.max(from.y, to.y)], at * 4);
  });
  return boxes;
}
