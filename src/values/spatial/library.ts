/** The parts of the JTS Topology Suite that are used, with no more of their shape than that takes. */

export interface Coordinate {
  readonly x: number;
  readonly y: number;
}
export interface Geometry {
  isEmpty(): boolean;
  getCoordinate(): Coordinate;
  getDimension(): number;
  getGeometryType(): string;
}

/** A shape as far as it is taken apart here; what it has depends on its type. */
export interface Shape extends Geometry {
  getCoordinates(): readonly Coordinate[];
  getEnvelopeInternal(): Box;
  getNumGeometries(): number;
  getGeometryN(index: number): Shape;
  getExteriorRing(): Shape;
  getNumInteriorRing(): number;
  getInteriorRingN(index: number): Shape;
}
export interface Box {
  getMinX(): number;
  getMinY(): number;
  getMaxX(): number;
  getMaxY(): number;
  isNull(): boolean;
}
export type Relation = "equalsTopo" | "touches" | "overlaps" | "crosses" | "contains" | "intersects";

export type Method = (...args: unknown[]) => unknown;

/** A class of the library: static functions, and methods on its prototype. */
export interface LibraryClass {
  readonly prototype: Record<string, Method>;
  [name: string]: unknown;
}

/** The classes that are used, and those whose innermost steps are watched. */
export interface Library {
  readonly WKTReader: new () => { read(wkt: string): Geometry };
  readonly RelateOp: Readonly<Record<Relation, (a: Geometry, b: Geometry) => boolean>>;
  readonly IsValidOp: LibraryClass & { isValid(geometry: Geometry): boolean };
  readonly DistanceOp: LibraryClass & { nearestPoints(a: Geometry, b: Geometry): [Coordinate, Coordinate] };
  readonly PointLocation: LibraryClass;
  readonly PointLocator: LibraryClass;
  readonly SimplePointInAreaLocator: LibraryClass;
  readonly SegmentIntersector: LibraryClass;
  readonly PlanarGraph: LibraryClass;
  readonly GeometryGraph: LibraryClass;
  readonly MonotoneChainIndexer: LibraryClass;
  readonly RayCrossingCounter: LibraryClass;
  readonly EdgeIntersectionList: LibraryClass;
  readonly LineIntersector: LibraryClass;
  readonly Distance: LibraryClass & {
    segmentToSegment(a: Coordinate, b: Coordinate, c: Coordinate, d: Coordinate): number;
  };
  readonly LineSegment: new (from: Coordinate, to: Coordinate) => object;
}
