import { createRequire } from "node:module";
import { failure } from "../../errors.js";
import type { Deadline } from "../deadline.js";
import { Question } from "./crossing.js";
import { replaceSlowSteps } from "./faster-steps.js";
import type { Coordinate, Geometry, Library, Relation } from "./library.js";
import { StepWatch, watchSteps } from "./step-watch.js";

/** The JTS Topology Suite, loaded on first use: most databases hold no geometry. */

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);

export interface Toolkit {
  /** @throws for text that is no geometry */
  read(wkt: string): Geometry;
  /** @throws where the relation is not defined */
  relate(relation: Relation, a: Geometry, b: Geometry, deadline: Deadline): boolean;
  isValid(geometry: Geometry, deadline: Deadline): boolean;
  /** A point of each that are as near to each other as any. */
  nearest(a: Geometry, b: Geometry, deadline: Deadline): readonly [Coordinate, Coordinate];
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
    PlanarGraph: requireBundled("jsts/org/locationtech/jts/geomgraph/PlanarGraph.js"),
    GeometryGraph: requireBundled("jsts/org/locationtech/jts/geomgraph/GeometryGraph.js"),
    MonotoneChainIndexer: requireBundled("jsts/org/locationtech/jts/geomgraph/index/MonotoneChainIndexer.js"),
    RayCrossingCounter: requireBundled("jsts/org/locationtech/jts/algorithm/RayCrossingCounter.js"),
    EdgeIntersectionList: requireBundled("jsts/org/locationtech/jts/geomgraph/EdgeIntersectionList.js"),
    LineIntersector: requireBundled("jsts/org/locationtech/jts/algorithm/LineIntersector.js"),
    Distance: requireBundled("jsts/org/locationtech/jts/algorithm/Distance.js"),
    LineSegment: requireBundled("jsts/org/locationtech/jts/geom/LineSegment.js"),
    PointLocation: requireBundled("jsts/org/locationtech/jts/algorithm/PointLocation.js"),
    PointLocator: requireBundled("jsts/org/locationtech/jts/algorithm/PointLocator.js"),
    SimplePointInAreaLocator: requireBundled("jsts/org/locationtech/jts/algorithm/locate/SimplePointInAreaLocator.js"),
    SegmentIntersector: requireBundled("jsts/org/locationtech/jts/geomgraph/index/SegmentIntersector.js"),
  } as Record<string, { readonly default: unknown }>;
  return Object.fromEntries(
    Object.entries(classes).map(([name, module]) => [name, module.default]),
  ) as unknown as Library;
}

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
  const question = new Question();
  replaceSlowSteps(
    library,
    () => watch.count(1),
    (found) => question.look(found),
  );
  const reader = new library.WKTReader();
  return {
    read: (wkt) => reader.read(wkt),
    relate: (relation, a, b, deadline) =>
      watch.during(deadline, () => question.ask(relation, a, b, () => library.RelateOp[relation](a, b))),
    isValid: (geometry, deadline) => watch.during(deadline, () => library.IsValidOp.isValid(geometry)),
    nearest: (a, b, deadline) => watch.during(deadline, () => library.DistanceOp.nearestPoints(a, b)),
  };
}
