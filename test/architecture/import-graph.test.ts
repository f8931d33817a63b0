import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../../src", import.meta.url));

interface Layer {
  readonly name: string;
  /** Files of the layer, relative to src. The first layer that matches a file owns it. */
  readonly files: RegExp;
  /** Files of other layers it may import; files of its own layer are always allowed. */
  readonly imports: readonly RegExp[];
  /** Files of other layers of which it may import types only. */
  readonly types?: readonly RegExp[];
  readonly packages?: readonly string[];
}

const ERRORS = /^errors\.ts$/;
const VALUES = /^values\//;
const CONTEXT = /^engine\/context\.ts$/;
/** The contract of an operation: what a surface and the engine agree on. */
const CONTRACT = /^engine\/contract\//;
/** Inert outside of tests; a leaf that every part of the engine may call. */
const FAILPOINTS = /^engine\/failpoints\.ts$/;
const MODEL = /^engine\/model\//;
const STORAGE = /^engine\/storage\//;
const CATALOG = /^engine\/catalog\//;
const ENTITIES = /^engine\/entities\//;
const VECTOR = /^engine\/vector\//;
const LOAD = /^engine\/load\//;
const QUERY = /^engine\/query\//;
const WRITE = /^engine\/write\//;
const OPERATIONS = /^engine\/operations\//;
const EXPR = /^expr\//;
const EXPR_INDEX = /^expr\/index\.ts$/;
const ENGINE_INDEX = /^engine\/index\.ts$/;

/** The layer table of ARCHITECTURE.md. Node's own modules are allowed except in the pure layers. */
const LAYERS: readonly Layer[] = [
  { name: "errors", files: ERRORS, imports: [] },
  {
    name: "values/geometry",
    files: /^values\/geometry\.ts$/,
    imports: [VALUES, ERRORS],
    packages: ["jsts", "node:module"],
  },
  { name: "values", files: VALUES, imports: [/^values\/geometry\.ts$/, ERRORS] },
  { name: "expr", files: EXPR, imports: [VALUES, ERRORS], packages: ["chevrotain"] },
  { name: "engine/failpoints", files: FAILPOINTS, imports: [] },
  { name: "engine/model", files: MODEL, imports: [VALUES, ERRORS] },
  { name: "engine/contract", files: CONTRACT, imports: [MODEL, VALUES, ERRORS] },
  {
    name: "engine/storage",
    files: STORAGE,
    imports: [MODEL, VALUES, FAILPOINTS, ERRORS, /^expr\/sql\/sql-functions\.ts$/],
    types: [/^engine\/vector\/contract\.ts$/],
    packages: ["better-sqlite3"],
  },
  {
    name: "engine/catalog",
    files: CATALOG,
    imports: [MODEL, VALUES, FAILPOINTS, STORAGE, ERRORS],
    packages: ["better-sqlite3"],
  },
  {
    name: "engine/entities",
    files: ENTITIES,
    imports: [MODEL, VALUES, FAILPOINTS, STORAGE, ERRORS, EXPR_INDEX],
    types: [EXPR],
    packages: ["better-sqlite3"],
  },
  {
    name: "engine/vector/hnswlib",
    files: /^engine\/vector\/(hnswlib\/|build\/build-worker\.ts)/,
    imports: [VECTOR, MODEL, VALUES, FAILPOINTS, ERRORS],
    packages: ["hnswlib-node"],
  },
  {
    name: "engine/vector",
    files: VECTOR,
    imports: [/^engine\/vector\/hnswlib\//, MODEL, VALUES, FAILPOINTS, ERRORS],
  },
  {
    name: "engine/load",
    files: LOAD,
    imports: [MODEL, VALUES, FAILPOINTS, STORAGE, CATALOG, ENTITIES, VECTOR, ERRORS],
  },
  { name: "engine/query", files: QUERY, imports: [CONTRACT, MODEL, VALUES, ENTITIES, LOAD, VECTOR, ERRORS] },
  {
    name: "engine/write",
    files: WRITE,
    imports: [CONTRACT, MODEL, VALUES, FAILPOINTS, STORAGE, ENTITIES, LOAD, ERRORS],
  },
  {
    name: "engine/context",
    files: CONTEXT,
    imports: [],
    types: [CONTEXT, MODEL, STORAGE, CATALOG, ENTITIES, LOAD, QUERY, WRITE, VECTOR, ERRORS],
    packages: ["better-sqlite3"],
  },
  {
    name: "engine/maintenance",
    files: /^engine\/maintenance\//,
    imports: [MODEL, VALUES, STORAGE, CATALOG, ENTITIES, LOAD, QUERY, VECTOR, ERRORS],
    types: [CONTEXT],
    packages: ["better-sqlite3"],
  },
  { name: "engine/operations", files: OPERATIONS, imports: [/^engine\/(?!index\.ts)/, EXPR_INDEX, VALUES, ERRORS] },
  {
    name: "engine",
    files: /^engine\/[^/]+\.ts$/,
    imports: [/^engine\//, EXPR_INDEX, VALUES, ERRORS],
    packages: ["better-sqlite3"],
  },
  { name: "api", files: /^api\//, imports: [ENGINE_INDEX, CONTRACT, VALUES, ERRORS] },
  { name: "cli", files: /^cli\//, imports: [ENGINE_INDEX, CONTRACT, /^api\//, VALUES, ERRORS, /^index\.ts$/] },
  {
    name: "remote",
    files: /^remote\//,
    imports: [ENGINE_INDEX, CONTRACT, /^engine\/progress\.ts$/, VALUES, ERRORS],
  },
  {
    name: "entry",
    files: /^[^/]+\.ts$/,
    imports: [ENGINE_INDEX, CONTRACT, /^api\//, /^remote\//, VALUES, ERRORS, /^[^/]+\.ts$/],
    types: [MODEL, EXPR],
  },
];

/** Layers without I/O: they may not import Node's modules either. */
const PURE = new Set(["errors", "values", "values/geometry", "expr", "engine/model", "engine/contract"]);

interface Import {
  readonly from: string;
  /** A file relative to src, or a package name. */
  readonly to: string;
  readonly external: boolean;
  readonly typeOnly: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !file.includes("/assembly/"))
    .sort();
}

/** Every static, dynamic and required import of a file; comments and string contents do not count. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
  const statements = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*["']([^"']+)["']/gm;
  const calls = /\b(?:import|require)\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(statements), ...text.matchAll(calls)].map((match) => {
    const specifier = match[1]!;
    const typeOnly = /^\s*(?:import|export)\s+type\s/.test(match[0]);
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
      return { from: file, to: target, external: false, typeOnly };
    }
    const parts = specifier.split("/");
    const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
    return { from: file, to: name, external: true, typeOnly };
  });
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find((layer) => layer.files.test(file));
}

/** The files of each cycle, in import order; empty when the graph has none. */
function cycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const edge of imports) {
    if (!edge.external) targets.set(edge.from, [...(targets.get(edge.from) ?? []), edge.to]);
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): void {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of targets.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  }
  for (const file of targets.keys()) visit(file);
  return found;
}

describe("the import graph", () => {
  const files = sourceFiles();
  const imports = files.flatMap(importsOf);

  it("is read from the sources: it has files, and imports between them that exist", () => {
    expect(files).toContain("errors.ts");
    const internal = imports.filter((edge) => !edge.external);
    expect(internal.length).toBeGreaterThan(10);
    const missing = internal.filter((edge) => !existsSync(join(source, edge.to)));
    expect(missing.map((edge) => `${edge.from} -> ${edge.to}`)).toEqual([]);
  });

  it("gives every source file a layer", () => {
    expect(files.filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  it("has no cycle at run time", () => {
    const values = imports.filter((edge) => !edge.typeOnly);
    expect(cycles(values).map((cycle) => cycle.join(" -> "))).toEqual([]);
  });

  it("has a cycle of types only between files of one folder", () => {
    const wide = cycles(imports).filter((cycle) => new Set(cycle.map((file) => posix.dirname(file))).size > 1);
    expect(wide.map((cycle) => cycle.join(" -> "))).toEqual([]);
  });

  it("finds a cycle when there is one", () => {
    const edge = (from: string, to: string): Import => ({ from, to, external: false, typeOnly: false });
    expect(cycles([edge("a", "b"), edge("b", "c"), edge("c", "b")])).toEqual([["b", "c", "b"]]);
  });

  it("follows the layer table", () => {
    const refused = imports.filter((edge) => {
      const layer = layerOf(edge.from);
      if (layer === undefined) return true;
      if (edge.external) {
        if ((layer.packages ?? []).includes(edge.to)) return false;
        return PURE.has(layer.name) || !edge.to.startsWith("node:");
      }
      const allowed = edge.typeOnly ? [...layer.imports, ...(layer.types ?? [])] : layer.imports;
      return layerOf(edge.to) !== layer && !allowed.some((files) => files.test(edge.to));
    });
    expect(refused.map((edge) => `${edge.from} -> ${edge.to}`)).toEqual([]);
  });

  it("uses only packages that a user gets, or may add", () => {
    const manifest = JSON.parse(readFileSync(join(source, "../package.json"), "utf8")) as Record<string, object>;
    const installed = new Set(
      ["dependencies", "peerDependencies"].flatMap((group) => Object.keys(manifest[group] ?? {})),
    );
    const foreign = imports.filter((edge) => edge.external && !edge.to.startsWith("node:") && !installed.has(edge.to));
    expect(foreign.map((edge) => `${edge.from} -> ${edge.to}`)).toEqual([]);
  });
});
