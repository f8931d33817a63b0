/** The parts of the JTS Topology Suite that are used, with no more of their shape than that takes. */

export interface Coordinate {
  readonly x: number;
  readonly y: number;
}
export interface Geometry {
  isEmpty(): boolean;
  getCoordinate(): Coordinate;
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
  readonly DistanceOp: { nearestPoints(a: Geometry, b: Geometry): [Coordinate, Coordinate] };
  readonly PlanarGraph: LibraryClass;
  readonly GeometryGraph: LibraryClass;
  readonly MonotoneChainIndexer: LibraryClass;
  readonly RayCrossingCounter: LibraryClass;
  readonly EdgeIntersectionList: LibraryClass;
  readonly LineIntersector: LibraryClass;
  readonly Distance: LibraryClass;
}
