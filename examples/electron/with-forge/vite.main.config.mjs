import { defineConfig } from "vite";

export default defineConfig(({ forgeConfigSelf: { entry } }) => ({
  build: {
    outDir: ".vite/main",
    lib: { entry, formats: ["cjs"], fileName: () => "[name].js" },
    // Elanus may be in the bundle, its addon may not.
    rollupOptions: { external: ["better-sqlite3"] },
  },
}));
