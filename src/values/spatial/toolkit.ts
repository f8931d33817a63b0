import { createRequire } from "node:module";
import { failure } from "../../errors.js";
import { type Deadline, NO_DEADLINE } from "../deadline.js";
import { BoxTree } from "./box-tree.js";
import { EdgeJoin } from "./edge-join.js";

/** The JTS Topology Suite, loaded on first use: most databases hold no geometry. */

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);

export interface Coordinate {
  readonly x: number;
  readonly y: number;
}
export interface Geometry {
  isEmpty(): boolean;
  getCoordinate(): Coordinate;
}
export type Relation = "equalsTopo" | "touches" | "overlaps" | "crosses" | "contains" | "intersects";

export interface Toolkit {
  /** @throws for text that is no geometry */
  read(wkt: string): Geometry;
  /** @throws where the relation is not defined */
  relate(relation: Relation, a: Geometry, b: Geometry, deadline: Deadline): boolean;
  isValid(geometry: Geometry, deadline: Deadline): boolean;
  /** A point of each that are as near to each other as any. */
  nearest(a: Geometry, b: Geometry, deadline: Deadline): readonly [Coordinate, Coordinate];
}

type Method = (...args: unknown[]) => unknown;

/** A class of the library: static functions, and methods on its prototype. */
interface LibraryClass {
  readonly prototype: Record<string, Method>;
  [name: string]: unknown;
}

/** The classes that are used, and those whose innermost steps are watched. */
export interface Library {
  readonly WKTReader: new () => { read(wkt: string): Geometry };
  readonly RelateOp: Readonly<Record<Relation, (a: Geometry, b: Geometry) => boolean>>;
  readonly IsValidOp: LibraryClass & { isValid(geometry: Geometry): boolean };
  readonly DistanceOp: { nearestPoints(a: Geometry, b: Geometry): [Coordinate, Coordinate] };
  readonly GeometryGraph: LibraryClass;
  readonly RayCrossingCounter: LibraryClass;
  readonly EdgeIntersectionList: LibraryClass;
  readonly LineIntersector: LibraryClass;
  readonly Distance: LibraryClass;
}

let toolkit: Toolkit | undefined;

/** @throws Unavailable, which names the library, when it does not load */
export function loadToolkit(): Toolkit {
  toolkit ??= makeToolkit(requireLibrary);
  return toolkit;
}

function requireLibrary(): Library {
  const classes = {
    WKTReader: requireBundled("jsts/org/locationtech/jts/io/WKTReader.js"),
    RelateOp: requireBundled("jsts/org/locationtech/jts/operation/relate/RelateOp.js"),
    IsValidOp: requireBundled("jsts/org/locationtech/jts/operation/valid/IsValidOp.js"),
    DistanceOp: requireBundled("jsts/org/locationtech/jts/operation/distance/DistanceOp.js"),
    GeometryGraph: requireBundled("jsts/org/locationtech/jts/geomgraph/GeometryGraph.js"),
    RayCrossingCounter: requireBundled("jsts/org/locationtech/jts/algorithm/RayCrossingCounter.js"),
    EdgeIntersectionList: requireBundled("jsts/org/locationtech/jts/geomgraph/EdgeIntersectionList.js"),
    LineIntersector: requireBundled("jsts/org/locationtech/jts/algorithm/LineIntersector.js"),
    Distance: requireBundled("jsts/org/locationtech/jts/algorithm/Distance.js"),
  } as Record<string, { readonly default: unknown }>;
  return Object.fromEntries(
    Object.entries(classes).map(([name, module]) => [name, module.default]),
  ) as unknown as Library;
}

/** Each crossing that is kept takes some hundred bytes. */
const MOST_CROSSINGS = 500_000;
/** Innermost steps between two looks at the deadline. */
const STEPS = 512;

/**
 * Puts the library to use. It knows neither deadlines nor an index for crossing edges; both are given to it here.
 * @param load gives the library, or throws
 * @throws Unavailable when it does not load, or is not what it should be
 */
export function makeToolkit(load: () => Library): Toolkit {
  let library: Library;
  try {
    library = load();
    const geometry = new library.WKTReader().read("POLYGON ((0 0, 1 0, 1 1, 0 0))");
    if (!library.IsValidOp.isValid(geometry)) throw new Error("it finds a triangle invalid");
  } catch (cause) {
    const reason = `the geometry library jsts does not load: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw failure("Unavailable", { reason }, cause);
  }
  const watch = new StepWatch();
  watchSteps(library, watch);
  joinEdgesByTree(library, watch);
  findNestedShellsByTree(library);
  const reader = new library.WKTReader();
  return {
    read: (wkt) => reader.read(wkt),
    relate: (relation, a, b, deadline) => watch.during(deadline, () => library.RelateOp[relation](a, b)),
    isValid: (geometry, deadline) => watch.during(deadline, () => library.IsValidOp.isValid(geometry)),
    nearest: (a, b, deadline) => watch.during(deadline, () => library.DistanceOp.nearestPoints(a, b)),
  };
}

/** Counts steps and looks at the deadline now and then; counts what is kept and ends what would fill the memory. */
class StepWatch {
  #deadline: Deadline = NO_DEADLINE;
  #left = STEPS;
  #kept = 0;

  during<T>(deadline: Deadline, work: () => T): T {
    this.#deadline = deadline;
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
    this.#left = STEPS;
    this.#deadline.check();
  }

  keep(): void {
    this.#kept += 1;
    if (this.#kept > MOST_CROSSINGS) throw failure("GeometryTooComplex", { limit: MOST_CROSSINGS });
  }
}

/** The steps that all of the library's nested loops come down to. */
function watchSteps(library: Library, watch: StepWatch): void {
  const lengthOf = (ring: unknown): number => (Array.isArray(ring) ? ring.length : 1);
  const before = (owner: Record<string, unknown>, name: string, look: (args: unknown[]) => void): void => {
    const original = owner[name] as Method;
    owner[name] = function (this: unknown, ...args: unknown[]): unknown {
      look(args);
      return original.apply(this, args);
    };
  };
  before(library.RayCrossingCounter, "locatePointInRing", ([, ring]) => watch.count(1 + lengthOf(ring) / 16));
  before(library.LineIntersector.prototype, "isIntersection", () => watch.count(1));
  before(library.EdgeIntersectionList.prototype, "isIntersection", () => watch.count(4));
  before(library.EdgeIntersectionList.prototype, "add", () => watch.keep());
  before(library.Distance, "segmentToSegment", () => watch.count(1));
  before(library.Distance, "pointToSegment", () => watch.count(1));
}

function joinEdgesByTree({ GeometryGraph }: Library, watch: StepWatch): void {
  GeometryGraph.prototype["createEdgeSetIntersector"] = () => new EdgeJoin(() => watch.count(1));
}

interface Shell {
  getEnvelopeInternal(): {
    getMinX(): number;
    getMinY(): number;
    getMaxX(): number;
    getMaxY(): number;
    isNull(): boolean;
  };
}
interface Shells {
  getNumGeometries(): number;
  getGeometryN(index: number): { getExteriorRing(): Shell };
}

/** A polygon of many parts: only parts whose boxes meet are compared, not each with each. */
function findNestedShellsByTree({ IsValidOp }: Library): void {
  IsValidOp.prototype["checkShellsNotNested"] = function (this: unknown, parts: unknown, graph: unknown): null {
    const check = this as {
      checkShellNotNested(shell: Shell, other: unknown, graph: unknown): void;
      _validErr: unknown;
    };
    const shells = parts as Shells;
    const polygons = Array.from({ length: shells.getNumGeometries() }, (_, i) => shells.getGeometryN(i)).filter(
      (polygon) => !polygon.getExteriorRing().getEnvelopeInternal().isNull(),
    );
    const boxes = polygons.map((polygon) => {
      const box = polygon.getExteriorRing().getEnvelopeInternal();
      return [box.getMinX(), box.getMinY(), box.getMaxX(), box.getMaxY()] as const;
    });
    const tree = new BoxTree(Float64Array.from(boxes.flat()));
    polygons.some((polygon, at) =>
      tree.search(...(boxes[at] as (typeof boxes)[number]), (other) => {
        if (other === at) return false;
        check.checkShellNotNested(polygon.getExteriorRing(), polygons[other], graph);
        return check._validErr !== null;
      }),
    );
    return null;
  } as Method;
}
