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
/** Analyzers: what words a text consists of. */
const TEXT = /^text\//;
/** What the code needs of the process it runs in: its version, native packages, threads. */
const RUNTIME = /^runtime\//;
const CONTEXT = /^engine\/context\.ts$/;
/** The contract of an operation: what a surface and the engine agree on. */
const CONTRACT = /^engine\/contract\//;
/** Inert outside of tests; a leaf that every part of the engine may call. */
const FAILPOINTS = /^engine\/failpoints\.ts$/;
const MODEL = /^engine\/model\//;
/** The table of field types: surfaces encode and decode by its rows. */
const TYPES = /^engine\/model\/(types\/|data-type\.ts$)/;
const STORAGE = /^engine\/storage\//;
const CATALOG = /^engine\/catalog\//;
/** Users, roles and what they may do. */
const ACCESS = /^engine\/access\//;
const ENTITIES = /^engine\/entities\//;
const VECTOR = /^engine\/vector\//;
/** Models that the application lends. */
const FUNCTIONS = /^engine\/functions\//;
/** Values of rows that filters look at, packed in memory. */
const COLUMNS = /^engine\/columns\//;
const LOAD = /^engine\/load\//;
/** Copies of collections. */
const SNAPSHOTS = /^engine\/snapshots\//;
const QUERY = /^engine\/query\//;
const WRITE = /^engine\/write\//;
/** Rows that come out of files and go into them. */
const TRANSFER = /^engine\/transfer\//;
/** The formats of such files. */
const FILES = /^files\//;
const OPERATIONS = /^engine\/operations\//;
const EXPR = /^expr\//;
/** What all rooms of the filter language share: faults and positions in a text. */
const EXPR_FAULTS = /^expr\/(problem|text-range)\.ts$/;
const EXPR_SYNTAX = /^expr\/syntax\//;
const EXPR_CHECK = /^expr\/check\//;
const EXPR_SEMANTICS = /^expr\/semantics\//;
const EXPR_INDEX = /^expr\/index\.ts$/;
const ENGINE_INDEX = /^engine\/index\.ts$/;

/** What the page and the commands both find out of a database, by requests alone. */
const INSPECT = /^inspect\//;

/** The layer table of ARCHITECTURE.md. Node's own modules are allowed except in the pure layers. */
const LAYERS: readonly Layer[] = [
  { name: "error-catalogue", files: /^error-catalogue\//, imports: [] },
  { name: "errors", files: ERRORS, imports: [/^error-catalogue\//] },
  { name: "runtime", files: RUNTIME, imports: [ERRORS] },
  {
    name: "values/spatial",
    files: /^values\/spatial\/toolkit\.ts$/,
    imports: [VALUES, ERRORS],
    packages: ["jsts", "node:module"],
  },
  {
    name: "values/time-zones",
    files: /^values\/time-zones\.ts$/,
    imports: [VALUES, ERRORS],
    packages: ["temporal-polyfill", "node:module"],
  },
  {
    name: "values/linear-regex",
    files: /^values\/linear-regex\.ts$/,
    imports: [ERRORS],
    packages: ["re2js", "node:module"],
  },
  { name: "values", files: VALUES, imports: [/^values\/(spatial\/toolkit|time-zones)\.ts$/, ERRORS] },
  {
    name: "text/stemmer",
    files: /^text\/stemmer\.ts$/,
    imports: [TEXT, VALUES],
    packages: ["snowball-stemmers", "node:module"],
  },
  { name: "text", files: TEXT, imports: [TEXT, RUNTIME, VALUES], packages: ["jieba-wasm", "franc-min"] },
  { name: "expr/faults", files: EXPR_FAULTS, imports: [ERRORS] },
  { name: "expr/syntax", files: EXPR_SYNTAX, imports: [EXPR_FAULTS, VALUES], packages: ["chevrotain"] },
  { name: "expr/check", files: EXPR_CHECK, imports: [TEXT, EXPR_SYNTAX, EXPR_FAULTS, VALUES] },
  { name: "expr/semantics", files: EXPR_SEMANTICS, imports: [TEXT, EXPR_CHECK, EXPR_SYNTAX, VALUES] },
  { name: "expr/sql", files: /^expr\/sql\//, imports: [TEXT, EXPR_SEMANTICS, EXPR_CHECK, EXPR_SYNTAX, VALUES] },
  {
    name: "expr/columns",
    files: /^expr\/columns\//,
    imports: [/^expr\/sql\//, EXPR_SEMANTICS, EXPR_CHECK, EXPR_SYNTAX, VALUES],
  },
  { name: "expr", files: EXPR, imports: [TEXT, EXPR, VALUES, ERRORS] },
  { name: "engine/failpoints", files: FAILPOINTS, imports: [] },
  { name: "engine/model", files: MODEL, imports: [TEXT, VALUES, ERRORS] },
  { name: "engine/contract", files: CONTRACT, imports: [MODEL, VALUES, ERRORS] },
  {
    name: "engine/storage/better-sqlite3",
    files: /^engine\/storage\/better-sqlite3\.ts$/,
    imports: [STORAGE, RUNTIME, ERRORS],
    packages: ["better-sqlite3", "better-sqlite3-multiple-ciphers"],
  },
  {
    name: "engine/storage",
    files: STORAGE,
    imports: [
      MODEL,
      VALUES,
      RUNTIME,
      FAILPOINTS,
      ERRORS,
      /^expr\/sql\/(?:sql-functions|tick)\.ts$/,
      /^engine\/storage\/better-sqlite3\.ts$/,
    ],
    types: [/^engine\/vector\/contract\.ts$/],
  },
  { name: "engine/catalog", files: CATALOG, imports: [MODEL, VALUES, FAILPOINTS, STORAGE, ERRORS] },
  { name: "engine/access", files: ACCESS, imports: [CONTRACT, MODEL, VALUES, STORAGE, ERRORS], types: [CATALOG] },
  {
    name: "engine/entities",
    files: ENTITIES,
    imports: [CONTRACT, MODEL, VALUES, FAILPOINTS, STORAGE, ERRORS, EXPR_INDEX],
    types: [EXPR],
  },
  {
    name: "engine/vector/hnswlib",
    files: /^engine\/vector\/hnswlib\//,
    imports: [VECTOR, MODEL, VALUES, RUNTIME, ERRORS],
    packages: ["hnswlib-node"],
  },
  {
    name: "engine/vector",
    files: VECTOR,
    imports: [/^engine\/vector\/hnswlib\//, MODEL, VALUES, RUNTIME, FAILPOINTS, ERRORS],
  },
  {
    name: "engine/columns",
    files: COLUMNS,
    imports: [VALUES, FAILPOINTS, ENTITIES, VECTOR, ERRORS, EXPR_INDEX],
  },
  {
    name: "engine/load",
    files: LOAD,
    imports: [MODEL, VALUES, FAILPOINTS, STORAGE, CATALOG, ENTITIES, COLUMNS, VECTOR, ERRORS],
  },
  {
    name: "engine/snapshots",
    files: SNAPSHOTS,
    imports: [MODEL, VALUES, FAILPOINTS, STORAGE, CATALOG, ENTITIES, ERRORS],
  },
  { name: "engine/functions", files: FUNCTIONS, imports: [VALUES, ERRORS] },
  {
    name: "engine/query",
    files: QUERY,
    imports: [EXPR_INDEX, CONTRACT, MODEL, VALUES, ENTITIES, LOAD, VECTOR, ERRORS],
    types: [FUNCTIONS],
  },
  {
    name: "engine/write",
    files: WRITE,
    imports: [TEXT, CONTRACT, MODEL, VALUES, FAILPOINTS, STORAGE, ENTITIES, LOAD, ERRORS],
  },
  {
    name: "files/parquet",
    files: /^files\/(?:parquet\/|(?:read|write)-parquet\.ts$)/,
    imports: [FILES, CONTRACT, TYPES, /^engine\/model\/schema\.ts$/, VALUES, ERRORS],
    packages: ["hyparquet", "hyparquet-writer"],
  },
  {
    name: "files",
    files: FILES,
    imports: [/^files\/(?:read|write)-parquet\.ts$/, CONTRACT, TYPES, /^engine\/model\/schema\.ts$/, VALUES, ERRORS],
  },
  {
    name: "engine/transfer",
    files: TRANSFER,
    imports: [FILES, CONTRACT, MODEL, VALUES, FAILPOINTS, STORAGE, CATALOG, ENTITIES, SNAPSHOTS, WRITE, ERRORS],
  },
  {
    name: "engine/context",
    files: CONTEXT,
    imports: [],
    types: [
      CONTEXT,
      VALUES,
      MODEL,
      FUNCTIONS,
      STORAGE,
      CATALOG,
      ACCESS,
      ENTITIES,
      SNAPSHOTS,
      LOAD,
      QUERY,
      TRANSFER,
      WRITE,
      VECTOR,
      ERRORS,
    ],
  },
  {
    name: "engine/maintenance",
    files: /^engine\/maintenance\//,
    imports: [MODEL, VALUES, STORAGE, CATALOG, ENTITIES, LOAD, QUERY, VECTOR, ERRORS],
    types: [CONTEXT],
  },
  {
    name: "engine/operations",
    files: OPERATIONS,
    imports: [TEXT, /^engine\/(?!index\.ts)/, EXPR_INDEX, FILES, VALUES, ERRORS],
  },
  {
    name: "engine",
    files: /^engine\/[^/]+\.ts$/,
    imports: [/^engine\//, EXPR_INDEX, FILES, VALUES, ERRORS],
  },
  { name: "inspect", files: INSPECT, imports: [] },
  // A program of its own, for a browser: nothing imports it but the build.
  { name: "studio", files: /^studio\//, imports: [INSPECT, /^values\/float16\.ts$/], packages: ["preact"] },
  { name: "api", files: /^api\//, imports: [ENGINE_INDEX, CONTRACT, TYPES, VALUES, ERRORS] },
  {
    name: "cli",
    files: /^cli\//,
    imports: [ENGINE_INDEX, CONTRACT, INSPECT, /^api\//, VALUES, ERRORS, /^(index|namespaces)\.ts$/],
  },
  {
    name: "worker",
    files: /^worker\//,
    imports: [
      ENGINE_INDEX,
      CONTRACT,
      /^engine\/progress\.ts$/,
      /^shared\/(?:shared-engine|share-options)\.ts$/,
      RUNTIME,
      VALUES,
      ERRORS,
    ],
  },
  {
    name: "shared",
    files: /^shared\//,
    imports: [
      ENGINE_INDEX,
      CONTRACT,
      /^worker\/(?:lent-functions|pack-request|protocol)\.ts$/,
      RUNTIME,
      VALUES,
      ERRORS,
    ],
  },
  {
    name: "testing",
    files: /^testing\//,
    imports: [
      ENGINE_INDEX,
      CONTRACT,
      /^api\//,
      RUNTIME,
      VALUES,
      ERRORS,
      /^remote\/(?:open-server|known-errors)\.ts$/,
      /^(namespaces|options|option-rules)\.ts$/,
    ],
    packages: ["@zilliz/milvus2-sdk-node"],
  },
  {
    name: "adapters/kit",
    files: /^adapters\/kit\//,
    imports: [VALUES, ERRORS],
    types: [CONTRACT, /^namespaces\.ts$/],
  },
  {
    name: "adapters",
    files: /^adapters\/(?:ai|langchain|mastra)\/|^adapters\/peers\.d\.ts$/,
    imports: [/^adapters\/kit\//, /^embedders\.ts$/, VALUES, ERRORS],
    types: [CONTRACT, ENGINE_INDEX, /^entity-iterators\.ts$/],
    packages: ["@langchain/core", "@mastra/core", "ai"],
  },
  {
    name: "move",
    files: /^move\//,
    imports: [ENGINE_INDEX, CONTRACT, TYPES, /^api\//, /^remote\//, VALUES, ERRORS],
  },
  {
    name: "remote",
    files: /^remote\//,
    imports: [ENGINE_INDEX, CONTRACT, TYPES, /^api\//, VALUES, ERRORS, /^error-catalogue\//],
  },
  {
    name: "typed",
    files: /^typed\//,
    imports: [CONTRACT, VALUES, ERRORS, /^(?:namespaces|call-options|option-rules)\.ts$/],
    types: [MODEL],
  },
  {
    name: "entry",
    files: /^[^/]+\.ts$/,
    imports: [
      ENGINE_INDEX,
      RUNTIME,
      CONTRACT,
      /^api\//,
      /^(?:remote|worker|shared|typed)\//,
      /^move\//,
      VALUES,
      ERRORS,
      /^[^/]+\.ts$/,
    ],
    types: [MODEL, EXPR],
  },
];

/** Layers without I/O: they may not import Node's modules either. */
const PURE = new Set([
  "error-catalogue",
  "errors",
  "values",
  "values/spatial",
  "values/time-zones",
  ...LAYERS.flatMap((layer) => (layer.name.startsWith("expr") ? [layer.name] : [])),
  "engine/model",
  "engine/contract",
]);

interface Import {
  readonly from: string;
  /** A file relative to src, or a package name. */
  readonly to: string;
  readonly external: boolean;
  readonly typeOnly: boolean;
  /** Loaded when the code comes to it, not at the start. */
  readonly late: boolean;
}

function sourceFiles(): string[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !file.includes("/assembly/"))
    .sort();
}

/** A source text without its comments. */
function codeOf(file: string): string {
  return (
    readFileSync(join(source, file), "utf8")
      // Methods of this name load nothing.
      .replace(/^ {2,4}(?:async )?import\((?:request|given)(?:: \w+)?\)/gm, "")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "")
  );
}

function sourceOf(target: string): string {
  const file = target.replace(/\.js$/, ".ts");
  return existsSync(join(source, `${file}x`)) ? `${file}x` : file;
}

/** What loads a module by its name at run time: `import`, a `require` of one's own, and the functions of `runtime/packages.ts`. */
const LOADERS = "import|require(?:Bundled)?(?:\\.resolve)?|loadPackage|findPackage";

/** Every static, dynamic and required import of a file; comments and string contents do not count. */
function importsOf(file: string): Import[] {
  const text = codeOf(file);
  const statements = /^\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*["']([^"']+)["']/gm;
  const calls = new RegExp(`(?<![\\w.])(?:${LOADERS})\\(\\s*["']([^"']+)["']\\s*\\)`, "g");
  return [...text.matchAll(statements), ...text.matchAll(calls)].map((match) => {
    const specifier = match[1]!;
    const typeOnly = /^\s*(?:import|export)\s+type\s/.test(match[0]);
    const late = match[0].endsWith(")");
    if (specifier.startsWith(".")) {
      const target = sourceOf(posix.join(posix.dirname(file), specifier));
      return { from: file, to: target, external: false, typeOnly, late };
    }
    const parts = specifier.split("/");
    const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
    return { from: file, to: name, external: true, typeOnly, late };
  });
}

/** Loads of a module whose name is not written there, which no table of imports can hold. */
function loadsByName(code: string): string[] {
  const computed = new RegExp(`(?<![\\w.])(?:${LOADERS})\\((?!\\s*["'][^"']+["']\\s*\\))[^)\n]*\\)?`, "g");
  // A `require` under another name, or called as it is made, escapes the search above.
  // Node's own servers and clients, which are loaded late, load no package.
  const hidden = /(?:\b\w+\s*=\s*)?createRequire\([^)]*\)\(?|getBuiltinModule\((?!"node:https?"\))/g;
  const made = [...code.matchAll(hidden)].map((match) => match[0]);
  return [
    ...[...code.matchAll(computed)].map((match) => match[0]),
    ...made.filter((text) => text.endsWith(")(") || !/^require(?:Bundled)?\s*=/.test(text)),
  ];
}

function layerOf(file: string): Layer | undefined {
  return LAYERS.find((layer) => layer.files.test(file));
}

/** The groups of files that import each other in a circle, each sorted. */
function circles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const edge of imports) {
    if (!edge.external) targets.set(edge.from, [...(targets.get(edge.from) ?? []), edge.to]);
  }
  // Tarjan's algorithm: a file is in a circle with all that stand above it when the walk comes back to it.
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    let low = own;
    open.push(file);
    for (const target of targets.get(file) ?? []) {
      if (target === file) found.push([file]);
      else if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? (order.get(target) as number));
    }
    lowest.set(file, low);
    if (low === own) {
      const group = open.splice(open.indexOf(file)).sort();
      if (group.length > 1) found.push(group);
    }
    return low;
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The one file that loads packages by a name it is given: native ones, which stay outside of every bundle. */
const PACKAGE_LOADER = "runtime/packages.ts";
/** Packages whose code the build puts into the bundles, and their licences beside it. */
const BUNDLED = [
  "chevrotain",
  "hyparquet",
  "hyparquet-writer",
  "jsts",
  "preact",
  "re2js",
  "snowball-stemmers",
  "temporal-polyfill",
];

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

  it("has no circle of files, be it of types only", () => {
    expect(circles(imports).map((circle) => circle.join(", "))).toEqual([]);
  });

  it("leaves gRPC, and HTTP/2 with it, to the first client that speaks it", () => {
    const started = new Set(["index.ts"]);
    for (const file of started) {
      for (const edge of imports) if (edge.from === file && !edge.typeOnly && !edge.late) started.add(edge.to);
    }
    expect(started.size).toBeGreaterThan(100);
    expect([...started].filter((file) => /^api\/(?:grpc|http2)\//.test(file))).toEqual([]);
  });

  it("finds circles where there are some", () => {
    const edge = (from: string, to: string): Import => ({ from, to, external: false, typeOnly: false, late: false });
    expect(circles([edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("c", "d"), edge("d", "d")])).toEqual([
      ["d"],
      ["b", "c"],
    ]);
    expect(circles([edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")])).toEqual([]);
    expect(circles([edge("a", "b"), edge("b", "c"), edge("c", "a"), edge("b", "a")])).toEqual([["a", "b", "c"]]);
  });

  it("loads no package under a name that is not written there", () => {
    const loading = files.filter((file) => file !== PACKAGE_LOADER && loadsByName(codeOf(file)).length > 0);
    expect(loading).toEqual([]);
  });

  it("finds loads under such a name", () => {
    const hidden = [
      "await import(name)",
      "import(`package`)",
      'require("a" + b)',
      "require.resolve(name)",
      "loadPackage(name)",
      'createRequire(import.meta.url)("package")',
      "const load = createRequire(import.meta.url)",
      'process.getBuiltinModule("node:module")',
    ];
    for (const code of hidden) expect([code, loadsByName(code).length]).toEqual([code, 1]);
    const plain =
      'const requireBundled = createRequire(import.meta.url); requireBundled("a"); loadPackage("b"); import("c"); process.getBuiltinModule("node:http")';
    expect(loadsByName(plain)).toEqual([]);
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
      ["dependencies", "peerDependencies"].flatMap((group) => Object.keys(manifest[group] ?? {})).concat(BUNDLED),
    );
    const foreign = imports.filter((edge) => edge.external && !edge.to.startsWith("node:") && !installed.has(edge.to));
    expect(foreign.map((edge) => `${edge.from} -> ${edge.to}`)).toEqual([]);
  });
});
