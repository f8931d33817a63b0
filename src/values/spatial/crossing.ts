import type { CrossingCollector } from "./edge-join.js";
import type { Geometry, Library, Relation } from "./library.js";

/**
 * Two shapes whose lines cross in the midst of both: most relations need no more than one such place to be known. Whether they
 * intersect needs no more than one place that is on lines of both: where they run along each other the library looks at them all.
 */

/** The relation, where it cannot be another one for shapes of these dimensions. */
function decidedByDimension(relation: Relation, a: number, b: number): boolean | undefined {
  const never =
    (relation === "crosses" && a === b && a !== 1) ||
    (relation === "touches" && a === 0 && b === 0) ||
    ((relation === "overlaps" || relation === "equalsTopo") && a !== b);
  return never ? false : undefined;
}

/** The relation, once such a place is found; undefined where it does not decide. */
function decidedByCrossing(relation: Relation, a: Geometry, b: Geometry): boolean | undefined {
  if (relation === "intersects") return true;
  // Parts of several dimensions in one.
  if (a.getGeometryType() === "GeometryCollection" || b.getGeometryType() === "GeometryCollection") return undefined;
  const [lines, areas] = [1, 2].map((dimension) => a.getDimension() === dimension && b.getDimension() === dimension);
  switch (relation) {
    case "touches":
      return false;
    case "crosses":
      return lines ? undefined : !areas;
    case "overlaps":
      return lines ? undefined : areas;
    // Another line of a shape may run along what this one crosses.
    case "contains":
    case "equalsTopo":
      return lines ? undefined : false;
  }
}

/** Thrown through the library, which has no way to end early. */
class Decided {
  readonly answer: boolean;
  constructor(answer: boolean) {
    this.answer = answer;
  }
}

/** The relation that is asked for at the moment, and whether what was found so far decides it. */
export class Question {
  #answer: boolean | undefined;
  /** Any place that lines of both have is enough, and not only a crossing. */
  #anyPlace = false;

  /** Runs `work`, or ends it as soon as what is found decides. */
  ask(relation: Relation, a: Geometry, b: Geometry, work: () => boolean): boolean {
    const known = decidedByDimension(relation, a.getDimension(), b.getDimension());
    if (known !== undefined) return known;
    this.#answer = decidedByCrossing(relation, a, b);
    this.#anyPlace = relation === "intersects";
    try {
      return work();
    } catch (error) {
      if (error instanceof Decided) return error.answer;
      throw error;
    } finally {
      this.#answer = undefined;
    }
  }

  /** @throws what `ask` waits for */
  look(found: CrossingCollector): void {
    if (this.#answer === undefined) return;
    const decides = this.#anyPlace ? found.hasIntersection() : found.hasProperInteriorIntersection();
    if (decides) throw new Decided(this.#answer);
  }
}

interface Intersector {
  getIntersectionNum(): number;
  getIntersection(index: number): { readonly x: number; readonly y: number };
}
interface BoundaryNodes {
  iterator(): { hasNext(): boolean; next(): { getCoordinate(): { readonly x: number; readonly y: number } } };
}

/** Whether a crossing is an end of one of the lines: the library compares it with all of them. */
export function findBoundaryPoints({ SegmentIntersector }: Library): void {
  const known = new WeakMap<BoundaryNodes, Places>();
  SegmentIntersector.prototype["isBoundaryPointInternal"] = (li: unknown, nodes: unknown): boolean => {
    let places = known.get(nodes as BoundaryNodes);
    if (places === undefined) {
      places = placesOf(nodes as BoundaryNodes);
      known.set(nodes as BoundaryNodes, places);
    }
    const intersector = li as Intersector;
    for (let i = 0; i < intersector.getIntersectionNum(); i += 1) {
      const { x, y } = intersector.getIntersection(i);
      if (places.get(x)?.has(y) === true) return true;
    }
    return false;
  };
}

/** Places by x and y. */
type Places = ReadonlyMap<number, ReadonlySet<number>>;

function placesOf(nodes: BoundaryNodes): Places {
  const places = new Map<number, Set<number>>();
  for (const each = nodes.iterator(); each.hasNext(); ) {
    const { x, y } = each.next().getCoordinate();
    const column = places.get(x);
    if (column === undefined) places.set(x, new Set([y]));
    else column.add(y);
  }
  return places;
}
