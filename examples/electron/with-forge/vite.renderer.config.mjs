import { defineConfig } from "vite";

export default defineConfig({
  root: "src/renderer",
  build: {
    outDir: "../../.vite/renderer",
    emptyOutDir: true,
    // Electron's own Chromium knows it.
    modulePreload: { polyfill: false },
  },
});
