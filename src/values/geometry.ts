import { isElanusError } from "../errors.js";
import { BoundedMap } from "./bounded-map.js";
import { type Deadline, NO_DEADLINE, TakesLong } from "./deadline.js";
import type { Coordinate, Geometry, Relation } from "./spatial/library.js";
import { loadToolkit } from "./spatial/toolkit.js";

/** Geometry as well-known text, and the spatial predicates of filters. */

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
  const toolkit = loadToolkit();
  try {
    return toolkit.read(wkt);
  } catch {
    return undefined;
  }
}

/** Constants and stored values come again and again: the last few are kept parsed. */
const parsed = new BoundedMap<string, Geometry | undefined>({
  entries: 1024,
  weight: 4_000_000,
  weigh: (_geometry, wkt) => wkt.length,
});

function geometryOf(wkt: string): Geometry | undefined {
  return parsed.getOrMake(wkt, parse);
}

/** True for well-known text of a point, line string, polygon, one of their multi-forms or a collection. */
export function isWellKnownText(wkt: string): boolean {
  return geometryOf(wkt) !== undefined;
}

/** `st_within` is `contains` turned round. */
const RELATIONS: Readonly<Record<Exclude<SpatialFunction, "st_dwithin" | "st_isvalid">, Relation>> = {
  st_equals: "equalsTopo",
  st_touches: "touches",
  st_overlaps: "overlaps",
  st_crosses: "crosses",
  st_contains: "contains",
  st_intersects: "intersects",
  st_within: "contains",
};

/**
 * A spatial predicate on a stored geometry.
 * @param stored, wkt well-known text (`wkt` unused by `st_isvalid`)
 * @param distance metres, on the sphere of coordinates in degrees (x longitude, y latitude); `st_dwithin` only
 * @returns null when the stored text is no geometry
 * @throws Timeout, TakesLong, GeometryTooComplex; Unavailable when the library does not load
 */
export function spatialTest(
  name: SpatialFunction,
  stored: string,
  wkt: string,
  distance: number,
  deadline: Deadline = NO_DEADLINE,
): boolean | null {
  const a = geometryOf(stored);
  if (a === undefined) return name === "st_isvalid" ? false : null;
  const toolkit = loadToolkit();
  try {
    if (name === "st_isvalid") return toolkit.isValid(a, deadline);
    const b = geometryOf(wkt);
    if (b === undefined) return null;
    if (a.isEmpty() || b.isEmpty()) return name === "st_equals" && a.isEmpty() && b.isEmpty();
    if (name === "st_dwithin") return metresBetween(...toolkit.nearest(a, b, deadline)) <= distance;
    return name === "st_within"
      ? toolkit.relate(RELATIONS[name], b, a, deadline)
      : toolkit.relate(RELATIONS[name], a, b, deadline);
  } catch (error) {
    if (isElanusError(error) || error instanceof TakesLong) throw error;
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
