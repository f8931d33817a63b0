import { BOX_SIZE, BoxTree, writeBox } from "./box-tree.js";
import type { Coordinate, Library, Shape } from "./library.js";

/** A piece of a shape: a line between two points, or a point, which is both of its ends. */
type Piece = readonly [from: Coordinate, to: Coordinate];

interface Distances {
  readonly _geom: readonly [Shape, Shape];
  _minDistance: number;
  _minDistanceLocation: { getCoordinate(): Coordinate }[];
}

/** The nearest pieces of two shapes, found by two trees: the library compares each with each. */
export function findNearestPieces(library: Library): void {
  const { Distance, LineSegment } = library;
  const distance = (a: Piece, b: Piece): number => Distance.segmentToSegment(...a, ...b);
  library.DistanceOp.prototype["computeFacetDistance"] = function (this: unknown): null {
    const operation = this as Distances;
    const shapes = [piecesOf(operation._geom[0]), piecesOf(operation._geom[1])] as const;
    // Short pieces find what is near them sooner than long ones do.
    const turned = averageLength(shapes[0]) > averageLength(shapes[1]);
    const [left, right] = turned ? [shapes[1], shapes[0]] : shapes;
    const boxes = boxesOf(left);
    const tree = new BoxTree(boxesOf(right));
    let nearest: readonly [Piece, Piece] | undefined;
    let least = operation._minDistance;
    for (let at = 0; at < left.length && least > 0; at += 1) {
      const piece = left[at] as Piece;
      tree.approach(boxes, at, least, (item) => {
        const other = right[item] as Piece;
        const found = distance(piece, other);
        if (found < least) {
          least = found;
          nearest = turned ? [other, piece] : [piece, other];
        }
        return least;
      });
    }
    if (nearest === undefined) return null;
    const [one, other] = nearest.map((piece) => new LineSegment(...piece) as Segment) as [Segment, Segment];
    operation._minDistance = least;
    operation._minDistanceLocation = one.closestPoints(other).map((point) => ({ getCoordinate: () => point }));
    return null;
  };
}

interface Segment {
  closestPoints(other: Segment): [Coordinate, Coordinate];
}

function piecesOf(shape: Shape): Piece[] {
  const pieces: Piece[] = [];
  const visit = (part: Shape): void => {
    if (part.isEmpty()) return;
    switch (part.getGeometryType()) {
      case "Point":
        pieces.push([part.getCoordinate(), part.getCoordinate()]);
        return;
      case "LineString":
      case "LinearRing": {
        const points = part.getCoordinates();
        for (let i = 1; i < points.length; i += 1) pieces.push([points[i - 1] as Coordinate, points[i] as Coordinate]);
        return;
      }
      case "Polygon":
        visit(part.getExteriorRing());
        for (let i = 0; i < part.getNumInteriorRing(); i += 1) visit(part.getInteriorRingN(i));
        return;
      default:
        for (let i = 0; i < part.getNumGeometries(); i += 1) visit(part.getGeometryN(i));
    }
  };
  visit(shape);
  return pieces;
}

function averageLength(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, [from, to]) => sum + Math.hypot(to.x - from.x, to.y - from.y), 0) / pieces.length;
}

function boxesOf(pieces: readonly Piece[]): Float64Array {
  const boxes = new Float64Array(pieces.length * BOX_SIZE);
  pieces.forEach((piece, at) => {
    writeBox(boxes, at, piece);
  });
  return boxes;
}
