import { BOX_SIZE, BoxTree, writeBox } from "./box-tree.js";
import { findBoundaryPoints } from "./crossing.js";
import { type CrossingCollector, EdgeJoin } from "./edge-join.js";
import type { Coordinate, Library, Method, Shape } from "./library.js";

import { findNearestPieces } from "./nearest-points.js";
import { lookUpPoints } from "./point-lookup.js";

/** Steps of the library whose time grows with the square of a shape's size, done by looking up instead of going through. */

/**
 * @param step called for each pair of pieces that come near each other
 * @param look called with what was found each time that edges of two shapes were compared
 */
export function replaceSlowSteps(library: Library, step: () => void, look: (found: CrossingCollector) => void): void {
  library.GeometryGraph.prototype["createEdgeSetIntersector"] = () => new EdgeJoin(step, look);
  lookUpPoints(library, step);
  findBoundaryPoints(library);
  findNearestPieces(library);
  cutEdgesIntoChains(library);
  findNestedShellsByTree(library);
  findEdgesByPoint(library);
}

/** The library's own list of numbers grows slowly. */
function cutEdgesIntoChains({ MonotoneChainIndexer }: Library): void {
  MonotoneChainIndexer.prototype["getChainStartIndices"] = function (this: unknown, points: unknown): number[] {
    const indexer = this as { findChainEnd(points: readonly Coordinate[], start: number): number };
    const list = points as readonly Coordinate[];
    const starts = [0];
    for (let at = 0; at < list.length - 1; starts.push(at)) at = indexer.findChainEnd(list, at);
    return starts;
  } as Method;
}

/** A polygon of many parts: only parts whose boxes meet are compared, not each with each. */
function findNestedShellsByTree({ IsValidOp }: Library): void {
  IsValidOp.prototype["checkShellsNotNested"] = function (this: unknown, parts: unknown, graph: unknown): null {
    const check = this as {
      checkShellNotNested(shell: Shape, other: unknown, graph: unknown): void;
      _validErr: unknown;
    };
    const shells = parts as Shape;
    const polygons = Array.from({ length: shells.getNumGeometries() }, (_, i) => shells.getGeometryN(i)).filter(
      (polygon) => !polygon.getExteriorRing().getEnvelopeInternal().isNull(),
    );
    const boxes = new Float64Array(polygons.length * BOX_SIZE);
    polygons.forEach((polygon, at) => {
      const box = polygon.getExteriorRing().getEnvelopeInternal();
      const corners = [box.getMinX(), box.getMaxX()].flatMap((x) => [
        { x, y: box.getMinY() },
        { x, y: box.getMaxY() },
      ]);
      writeBox(boxes, at, corners);
    });
    const tree = new BoxTree(boxes);
    polygons.some((polygon, at) =>
      tree.search(boxes, at, (other) => {
        if (other === at) return false;
        check.checkShellNotNested(polygon.getExteriorRing(), polygons[other], graph);
        return check._validErr !== null;
      }),
    );
    return null;
  } as Method;
}

interface GraphEdge {
  getCoordinates(): readonly Coordinate[];
}
interface EdgeEnd {
  getEdge(): GraphEdge;
}
interface Graph {
  readonly _edges: { size(): number; get(at: number): GraphEdge };
  readonly _edgeEndList: { size(): number; get(at: number): EdgeEnd };
  matchInSameDirection(p0: Coordinate, p1: Coordinate, ep0: Coordinate, ep1: Coordinate): boolean;
}
interface GraphIndex {
  /** Edges by the points they begin and end at. */
  readonly edges: ReadonlyMap<string, readonly GraphEdge[]>;
  readonly ends: ReadonlyMap<GraphEdge, EdgeEnd>;
}

/** The validity of a polygon asks its finished graph for one edge per ring. */
function findEdgesByPoint({ PlanarGraph }: Library): void {
  const indexes = new WeakMap<Graph, GraphIndex>();
  const indexOf = (graph: Graph): GraphIndex => {
    let index = indexes.get(graph);
    if (index === undefined) {
      index = makeIndex(graph);
      indexes.set(graph, index);
    }
    return index;
  };
  PlanarGraph.prototype["findEdgeInSameDirection"] = function (this: unknown, p0: unknown, p1: unknown): unknown {
    const graph = this as Graph;
    const [from, to] = [p0 as Coordinate, p1 as Coordinate];
    for (const edge of indexOf(graph).edges.get(`${from.x} ${from.y}`) ?? []) {
      const points = edge.getCoordinates();
      const [first, second] = points as [Coordinate, Coordinate];
      const [before, last] = points.slice(-2) as [Coordinate, Coordinate];
      if (graph.matchInSameDirection(from, to, first, second) || graph.matchInSameDirection(from, to, last, before)) {
        return edge;
      }
    }
    return null;
  } as Method;
  PlanarGraph.prototype["findEdgeEnd"] = function (this: unknown, edge: unknown): unknown {
    return indexOf(this as Graph).ends.get(edge as GraphEdge) ?? null;
  } as Method;
}

function makeIndex({ _edges, _edgeEndList }: Graph): GraphIndex {
  const edges = new Map<string, GraphEdge[]>();
  for (let i = 0; i < _edges.size(); i += 1) {
    const edge = _edges.get(i);
    const points = edge.getCoordinates();
    for (const { x, y } of [points[0] as Coordinate, points[points.length - 1] as Coordinate]) {
      const list = edges.get(`${x} ${y}`);
      if (list === undefined) edges.set(`${x} ${y}`, [edge]);
      else list.push(edge);
    }
  }
  const ends = new Map<GraphEdge, EdgeEnd>();
  for (let i = 0; i < _edgeEndList.size(); i += 1) {
    const end = _edgeEndList.get(i);
    if (!ends.has(end.getEdge())) ends.set(end.getEdge(), end);
  }
  return { edges, ends };
}
