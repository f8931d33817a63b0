import { defineConfig } from "vitest/config";
import { viteWorkerCode } from "./scripts/build/sources.mjs";

export default defineConfig({
  plugins: [viteWorkerCode],
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
  },
});
