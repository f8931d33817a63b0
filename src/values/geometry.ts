import { createRequire } from "node:module";
import { BoundedMap } from "./bounded-map.js";

/** Geometry by the JTS Topology Suite, loaded on first use: most databases hold no geometry. */

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);

export type SpatialFunction =
  | "st_equals"
  | "st_touches"
  | "st_overlaps"
  | "st_crosses"
  | "st_contains"
  | "st_intersects"
  | "st_within"
  | "st_dwithin"
  | "st_isvalid";

interface Coordinate {
  readonly x: number;
  readonly y: number;
}
interface Geometry {
  isEmpty(): boolean;
  getGeometryType(): string;
  getCoordinate(): Coordinate;
}
interface Toolkit {
  readonly read: (wkt: string) => Geometry;
  readonly relations: Readonly<Record<string, (a: Geometry, b: Geometry) => boolean>>;
  readonly isValid: (geometry: Geometry) => boolean;
  readonly nearest: (a: Geometry, b: Geometry) => readonly [Coordinate, Coordinate];
}

let toolkit: Toolkit | undefined;

function load(): Toolkit {
  if (toolkit !== undefined) return toolkit;
  const WKTReader = defaultOf<new () => { read(wkt: string): Geometry }>(
    requireBundled("jsts/org/locationtech/jts/io/WKTReader.js"),
  );
  const RelateOp = defaultOf<Record<string, Relation>>(
    requireBundled("jsts/org/locationtech/jts/operation/relate/RelateOp.js"),
  );
  const IsValidOp = defaultOf<{ isValid(g: Geometry): boolean }>(
    requireBundled("jsts/org/locationtech/jts/operation/valid/IsValidOp.js"),
  );
  const DistanceOp = defaultOf<{ nearestPoints(a: Geometry, b: Geometry): [Coordinate, Coordinate] }>(
    requireBundled("jsts/org/locationtech/jts/operation/distance/DistanceOp.js"),
  );
  const reader = new WKTReader();
  toolkit = {
    read: (wkt) => reader.read(wkt),
    relations: { ...pick(RelateOp), within: (a, b) => RelateOp["contains"]?.(b, a) ?? false },
    isValid: (geometry) => IsValidOp.isValid(geometry),
    nearest: (a, b) => DistanceOp.nearestPoints(a, b),
  };
  return toolkit;
}

type Relation = (a: Geometry, b: Geometry) => boolean;

function defaultOf<T>(module: { readonly default: T }): T {
  return module.default;
}

function pick(operation: Readonly<Record<string, Relation>>): Record<string, Relation> {
  const names = ["equalsTopo", "touches", "overlaps", "crosses", "contains", "intersects"];
  return Object.fromEntries(
    names.map((name) => [name, (a: Geometry, b: Geometry) => operation[name]?.(a, b) ?? false]),
  );
}

/** Only what the reader knows; it would take trailing text without a word. */
const SHAPE = /^\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b[\sMZ]*(?:EMPTY|\([\s\S]*\))\s*$/i;

function balanced(wkt: string): boolean {
  let depth = 0;
  for (let at = 0; at < wkt.length; at += 1) {
    const code = wkt.charCodeAt(at);
    if (code === 40) depth += 1;
    else if (code === 41) {
      depth -= 1;
      if (depth < 0 || (depth === 0 && /\S/.test(wkt.slice(at + 1)))) return false;
    }
    if (depth > 64) return false;
  }
  return depth === 0;
}

/** Parses well-known text; undefined when it is not valid. */
function parse(wkt: string): Geometry | undefined {
  if (!SHAPE.test(wkt) || !balanced(wkt) || /\(\s*\)/.test(wkt)) return undefined;
  try {
    return load().read(wkt);
  } catch {
    return undefined;
  }
}

/** Constants and stored values come again and again: the last few are kept parsed. */
const parsed = new BoundedMap<string, Geometry | undefined>({
  entries: 1024,
  weight: 8_000_000,
  weigh: (_geometry, wkt) => wkt.length,
});

function geometryOf(wkt: string): Geometry | undefined {
  return parsed.getOrMake(wkt, parse);
}

/** True for well-known text of a point, line string, polygon, one of their multi-forms or a collection. */
export function isWellKnownText(wkt: string): boolean {
  return geometryOf(wkt) !== undefined;
}

const RELATIONS: Readonly<Record<Exclude<SpatialFunction, "st_dwithin" | "st_isvalid">, string>> = {
  st_equals: "equalsTopo",
  st_touches: "touches",
  st_overlaps: "overlaps",
  st_crosses: "crosses",
  st_contains: "contains",
  st_intersects: "intersects",
  st_within: "within",
};

/**
 * A spatial predicate on a stored geometry.
 * @param stored, wkt well-known text (`wkt` unused by `st_isvalid`)
 * @param distance metres, on the sphere of coordinates in degrees (x longitude, y latitude); `st_dwithin` only
 * @returns null when the stored text is no geometry
 */
export function spatialTest(name: SpatialFunction, stored: string, wkt: string, distance: number): boolean | null {
  const a = geometryOf(stored);
  if (a === undefined) return name === "st_isvalid" ? false : null;
  try {
    if (name === "st_isvalid") return load().isValid(a);
    const b = geometryOf(wkt);
    if (b === undefined) return null;
    if (a.isEmpty() || b.isEmpty()) return name === "st_equals" && a.isEmpty() && b.isEmpty();
    if (name !== "st_dwithin") return load().relations[RELATIONS[name]]?.(a, b) ?? null;
    const [p, q] = load().nearest(a, b);
    return metresBetween(p, q) <= distance;
  } catch {
    // The relation of an invalid shape (a self-crossing ring) or of a collection may be undefined.
    return null;
  }
}

const EARTH_RADIUS_METRES = 6_371_000;

/** Great-circle distance (haversine). */
function metresBetween(a: Coordinate, b: Coordinate): number {
  const radians = Math.PI / 180;
  const latitude = (b.y - a.y) * radians;
  const longitude = (b.x - a.x) * radians;
  const h =
    Math.sin(latitude / 2) ** 2 + Math.cos(a.y * radians) * Math.cos(b.y * radians) * Math.sin(longitude / 2) ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}
