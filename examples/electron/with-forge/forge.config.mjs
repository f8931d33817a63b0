import { cp } from "node:fs/promises";
import { join } from "node:path";
import { VitePlugin } from "@electron-forge/plugin-vite";

// package.json: "main": ".vite/main/main.js"
const vite = new VitePlugin({
  build: [
    {
      entry: { main: "src/main.ts", utility: "src/store/utility.ts" },
      config: "with-forge/vite.main.config.mjs",
      target: "main",
    },
    { entry: "src/preload.ts", config: "with-forge/vite.preload.config.mjs", target: "preload" },
  ],
  renderer: [{ name: "main", config: "with-forge/vite.renderer.config.mjs" }],
});

export default {
  // An addon cannot be loaded from an archive.
  packagerConfig: { asar: { unpack: "**/node_modules/better-sqlite3/**" } },
  // The addon is built for Node-API: there is nothing to rebuild for Electron.
  rebuildConfig: { onlyModules: [] },
  plugins: [vite],
  hooks: {
    /** The Vite plugin packs its bundles alone, and an addon cannot be in one. */
    async packageAfterCopy(_config, buildPath) {
      const addon = "node_modules/better-sqlite3";
      const filter = (path) => !/better-sqlite3[/\\](deps|src)([/\\]|$)/.test(path);
      await cp(addon, join(buildPath, addon), { recursive: true, dereference: true, filter });
    },
  },
};
