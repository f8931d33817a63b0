import { BOX_SIZE, BoxTree, writeBox } from "./box-tree.js";
import type { Coordinate, Library, Method, Shape } from "./library.js";

/** Where points lie, found by looking up what is near them: the library goes through the whole shape for each point. */

/** Shapes of fewer parts are gone through. */
const FEW = 32;
const EXTERIOR = 2;

/** @param step called for each part that comes near a point */
export function lookUpPoints(library: Library, step: () => void): void {
  findPointsOnLines(library, step);
  findPointsInRings(library, step);
  findPointsInParts(library, step);
}

interface Sequence {
  toCoordinateArray(): readonly Coordinate[];
}

/** Null: asked for once. To go through the points once costs less than to make a tree of them. */
const lineTrees = new WeakMap<readonly Coordinate[], BoxTree | null>();

/** A tree of the lines between neighbouring points; undefined where these are few, or asked for the first time. */
function treeOfLines(points: readonly Coordinate[]): BoxTree | undefined {
  if (points.length < FEW) return undefined;
  let tree = lineTrees.get(points);
  if (tree === undefined) {
    lineTrees.set(points, null);
    return undefined;
  }
  if (tree === null) {
    const boxes = new Float64Array((points.length - 1) * BOX_SIZE);
    for (let i = 0; i < points.length - 1; i += 1) writeBox(boxes, i, points.slice(i, i + 2));
    tree = new BoxTree(boxes);
    lineTrees.set(points, tree);
  }
  return tree;
}

function boxAround(...corners: readonly Coordinate[]): Float64Array {
  const box = new Float64Array(BOX_SIZE);
  writeBox(box, 0, corners);
  return box;
}

function findPointsOnLines({ PointLocation }: Library, step: () => void): void {
  const original = PointLocation["isOnLine"] as Method;
  PointLocation["isOnLine"] = ((point: Coordinate, line: Sequence | readonly Coordinate[]): unknown => {
    const points = "toCoordinateArray" in line ? line.toCoordinateArray() : line;
    const tree = treeOfLines(points);
    if (tree === undefined) return original(point, line);
    return tree.search(boxAround(point), 0, (at) => {
      step();
      return original(point, [points[at], points[at + 1]]) === true;
    });
  }) as Method;
}

interface Counter {
  countSegment(from: Coordinate | undefined, to: Coordinate | undefined): void;
  isOnSegment(): boolean;
  getLocation(): number;
}

function findPointsInRings({ RayCrossingCounter }: Library, step: () => void): void {
  const original = RayCrossingCounter["locatePointInRing"] as Method;
  const Counter = RayCrossingCounter as unknown as new (point: Coordinate) => Counter;
  RayCrossingCounter["locatePointInRing"] = ((point: Coordinate, ring: Sequence | readonly Coordinate[]): unknown => {
    const points = "toCoordinateArray" in ring ? ring.toCoordinateArray() : ring;
    const tree = treeOfLines(points);
    if (tree === undefined) return original(point, ring);
    const counter = new Counter(point);
    // The lines that meet a ray to the right.
    const { x, y } = point;
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const ray = Float64Array.of(x, y, low, low, high, y, high, high);
    tree.search(ray, 0, (at) => {
      step();
      counter.countSegment(points[at + 1], points[at]);
      return counter.isOnSegment();
    });
    return counter.getLocation();
  }) as Method;
}

const partTrees = new WeakMap<Shape, BoxTree>();

/** A tree of the parts of a shape; undefined where they are few. */
function treeOfParts(shape: Shape): BoxTree | undefined {
  const count = shape.getNumGeometries();
  if (count < FEW) return undefined;
  let tree = partTrees.get(shape);
  if (tree === undefined) {
    const boxes = new Float64Array(count * BOX_SIZE);
    for (let i = 0; i < count; i += 1) {
      const box = shape.getGeometryN(i).getEnvelopeInternal();
      const [x0, y0, x1, y1] = [box.getMinX(), box.getMinY(), box.getMaxX(), box.getMaxY()];
      boxes.set(box.isNull() ? NOWHERE : [x0, y0, x0 + y0, x0 - y1, x1, y1, x1 + y1, x1 - y0], i * BOX_SIZE);
    }
    tree = new BoxTree(boxes);
    partTrees.set(shape, tree);
  }
  return tree;
}

const NOWHERE = Array.from({ length: BOX_SIZE }, (_, i) =>
  i < BOX_SIZE / 2 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
);

/** Only the parts that are near the point, in their order. */
function partsNear(tree: BoxTree, point: Coordinate, step: () => void): number[] {
  const near: number[] = [];
  tree.search(boxAround(point), 0, (part) => {
    step();
    near.push(part);
    return false;
  });
  return near.sort((a, b) => a - b);
}

function findPointsInParts({ PointLocator, SimplePointInAreaLocator }: Library, step: () => void): void {
  const compute = PointLocator.prototype["computeLocation"] as Method;
  PointLocator.prototype["computeLocation"] = function (this: unknown, ...args: unknown[]): unknown {
    const [point, shape] = args as [Coordinate, Shape];
    const tree = treeOfParts(shape);
    if (tree === undefined) return compute.apply(this, args);
    for (const part of partsNear(tree, point, step)) compute.call(this, point, shape.getGeometryN(part));
    return undefined;
  };
  const locate = SimplePointInAreaLocator["locateInGeometry"] as Method;
  SimplePointInAreaLocator["locateInGeometry"] = ((point: Coordinate, shape: Shape): unknown => {
    const tree = treeOfParts(shape);
    if (tree === undefined) return locate(point, shape);
    for (const part of partsNear(tree, point, step)) {
      const location = locate(point, shape.getGeometryN(part));
      if (location !== EXTERIOR) return location;
    }
    return EXTERIOR;
  }) as Method;
}
