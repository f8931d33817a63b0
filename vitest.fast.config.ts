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
        "test/{clients,crash,faults,load,oracle,package,security,soak}/**",
        "test/cli/process.test.ts",
        "test/runtime/**",
        // Many generated cases, large sets, long waits: what takes more than a second by itself.
        "test/api/grpc/{fuzz,hostile,large,lazy,transport}.test.ts",
        "test/engine/{filter-deadline,javascript-values,load-walk,memory,mocked-timers,state-model,vector-index}.test.ts",
        "test/expr/{fuzz,properties}.test.ts",
        "test/query/bounds.test.ts",
        "test/values/{geometry,json-reader}.test.ts",
        "test/vector/**",
      ],
    },
  }),
);
