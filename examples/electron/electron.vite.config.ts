import { defineConfig } from "electron-vite";

// `elanus` is among the dependencies of package.json, so it stays outside of the bundle and is packed beside it.
export default defineConfig({
  main: {
    build: {
      rollupOptions: { input: { main: "src/main.ts", utility: "src/store/utility.ts" }, output: { format: "cjs" } },
    },
  },
  preload: {
    // A sandboxed preload script is one CommonJS file.
    build: { rollupOptions: { input: { preload: "src/preload.ts" }, output: { format: "cjs" } } },
  },
  renderer: { root: "src/renderer", build: { rollupOptions: { input: "src/renderer/index.html" } } },
});
