import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { outsideLinks } from "./outside-links.js";

const page = (text: string, link: string) => ({ text, link });

export default defineConfig({
  title: "Elanus",
  description: "Milvus inside your process: an embedded vector store for Node.js",
  lang: "en",
  cleanUrls: true,
  lastUpdated: false,
  srcDir: "../../docs",
  srcExclude: ["api/**"],
  outDir: "./dist",
  cacheDir: "./node_modules/.cache/vitepress",
  // The reference is put beside the pages by scripts/site.mjs, which checks that it is there.
  ignoreDeadLinks: [/^\/api\//],
  markdown: {
    languageAlias: { filter: "python", mjs: "js", cjs: "js" },
    config: (md) => md.use(outsideLinks),
  },
  vite: {
    resolve: { alias: { "elanus/expr": fileURLToPath(new URL("generated/expr.js", import.meta.url)) } },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      page("Start", "/start"),
      page("Filters", "/filters"),
      page("Testing", "/testing"),
      page("Compatibility", "/compatibility"),
      { text: "API", link: "/api/index.html", target: "_self" },
    ],
    sidebar: [
      {
        text: "Begin",
        items: [
          page("Start", "/start"),
          page("Words", "/concepts"),
          page("Calls", "/calls"),
          page("Examples", "/examples"),
        ],
      },
      {
        text: "Store and find",
        items: [
          page("A schema, and its types", "/schema"),
          page("Typed collections", "/typed"),
          page("Filters", "/filters"),
          page("Search and query", "/search"),
          page("Load and release", "/load-and-release"),
          page("Full text and hybrid search", "/text-and-hybrid"),
          page("Your own models", "/embedding"),
          page("LangChain, Mastra, AI SDK", "/frameworks"),
          page("In an application", "/applications"),
          page("Electron", "/electron"),
        ],
      },
      {
        text: "Milvus 3.0",
        collapsed: true,
        items: [
          page("What it adds", "/milvus-3/"),
          page("Ordering", "/milvus-3/ordering"),
          page("Groups and aggregates", "/milvus-3/grouping"),
          page("Facets", "/milvus-3/search-aggregation"),
          page("Function chains", "/milvus-3/function-chains"),
          page("Filters", "/milvus-3/filters"),
          page("Texts and nulls", "/milvus-3/texts-and-nulls"),
          page("Struct arrays", "/milvus-3/struct-arrays"),
          page("Embedding lists", "/milvus-3/embedding-lists"),
          page("Array changes", "/milvus-3/array-changes"),
          page("Schema changes", "/milvus-3/schema-changes"),
          page("Expiry", "/milvus-3/expiry"),
          page("Snapshots", "/milvus-3/snapshots"),
          page("MinHash", "/milvus-3/minhash"),
          page("File resources", "/milvus-3/file-resources"),
        ],
      },
      {
        text: "Tests",
        items: [
          page("Milvus in tests", "/testing"),
          page("vitest", "/testing/vitest"),
          page("jest", "/testing/jest"),
          page("node:test", "/testing/node-test"),
          page("pytest", "/testing/pytest"),
          page("LangChain", "/testing/langchain"),
          page("In place of the container", "/testing/container"),
        ],
      },
      {
        text: "Run",
        items: [
          page("Serving", "/serving"),
          page("A page to look at it", "/studio"),
          page("The command line", "/command-line"),
          page("Tools for models", "/mcp"),
          page("Users and roles", "/access"),
          page("See inside", "/see-inside"),
          page("Looking after a store", "/operations"),
          page("Durability and recovery", "/durability"),
          page("Runtimes, packages, bundlers", "/packages"),
        ],
      },
      {
        text: "Move",
        items: [
          page("A server in place of a file", "/remote"),
          page("Moving to a server", "/moving"),
          page("Import and export", "/import-and-export"),
        ],
      },
      {
        text: "Look up",
        items: [
          page("Compatibility", "/compatibility"),
          page("Vectors and text: differences", "/vectors-and-text"),
          page("Without effect", "/without-effect"),
          page("Errors", "/errors"),
          page("Limits", "/limits"),
          page("Questions and troubles", "/faq"),
          page("Elanus or X", "/elanus-or-x"),
          page("Changes", "/changes"),
        ],
      },
    ],
  },
});
