import { defineConfig, mergeConfig } from "vitest/config";
import config from "./vitest.config.js";

/**
 * The fast tier, for the loop of editing: everything that needs no build, starts no program and generates no great
 * number of cases. See CONTRIBUTING.md.
 */
export default mergeConfig(
  config,
  defineConfig({
    test: {
      exclude: [
        // Programs of their own: crashes, full disks, servers, load, official clients.
        "test/{clients,crash,faults,load,package,security,soak}/**",
        "test/cli/process.test.ts",
        "test/runtime/**",
        "test/vector/{main-thread,release}.test.ts",
        "test/engine/memory.test.ts",
        // Many generated cases, large sets.
        "test/expr/fuzz.test.ts",
        "test/api/grpc/{fuzz,hostile,large,lazy}.test.ts",
        "test/vector/{contract.property,graph,kernel,mnist,snapshot}.test.ts",
      ],
    },
  }),
);
