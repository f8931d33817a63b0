import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { viteFrameworks, viteWorkerCode } from "./scripts/build/sources.mjs";

/** What is not of the fast tier, the loop of editing: see CONTRIBUTING.md. */
const SLOW = [
  // Frameworks that are installed apart: npm run test:frameworks.
  "test/adapters/{ai,langchain,mastra,official}.test.ts",
  // Programs of their own: crashes, full disks, servers, load, official clients.
  "test/move/push.property.test.ts",
  "test/{clients,crash,examples,faults,load,oracle,package,security,soak}/**/*.test.ts",
  "test/cli/{completion,process}.test.ts",
  "test/runtime/**/*.test.ts",
  "test/encryption/{bytes,killed-rekey}.test.ts",
  "test/shared/{killed-owners,processes,same-process}.test.ts",
  "test/studio/{page,routes}.test.ts",
  // Many generated cases, large sets, long waits: what takes more than a second by itself.
  "test/access/{changed-meanwhile,walk}.test.ts",
  "test/api/grpc/{bad-input,entities,fuzz,hostile,large,lazy,long-replies,transport,wire}.test.ts",
  "test/api/{http,one-state}.test.ts",
  "test/contract/nullable-vectors.test.ts",
  "test/docs/{pages,typed-samples}.test.ts",
  "test/types/mistakes.test.ts",
  "test/engine/{columns,filter-deadline,javascript-values,load-walk,memory,mocked-timers,preload}.test.ts",
  "test/engine/{progress,recall,state-model,vector-index,vector-round-trip.property,worker}.test.ts",
  "test/expr/{engine,fuzz,properties}.test.ts",
  "test/query/bounds.test.ts",
  "test/values/{geometry,json-memory,json-reader,spatial-library,text-order}.test.ts",
  "test/vector/**/*.test.ts",
];

/** Handles on servers in place of databases: see test/through. */
const THROUGH_HTTP = { setupFiles: ["test/through/through.ts"], env: { ELANUS_THROUGH: "http" } };

/** What is run that way in CI: operations, requests and every type of value, in seconds. */
const THROUGH = [
  "test/operations/{aliases,collections,databases,indexes,partitions}.test.ts",
  "test/contract/{sparse-vectors,narrow-vectors,struct-arrays,hybrid-search,search-by-ids,v2-entities}.test.ts",
  "test/engine/{keys,default-values,membership}.test.ts",
  "test/query/{output-fields,search-aggregation}.test.ts",
  "test/typed/{hints,iterators}.test.ts",
];

/**
 * In CI a failed test is tried once more: with twelve thousand tests one that is unstable would hide what the others say.
 * It passes then, and the reporter names it with its first failure. A drawn counterexample is never tried again: another
 * draw would hide a fault.
 */
const RETRY = { count: 1, condition: /^(?!Property (?:failed|interrupted))/ };

export default defineConfig({
  plugins: [viteWorkerCode, viteFrameworks],
  test: {
    // Against tests that never end, and no judgement of how long they take: a busy machine may need ten times as long as a quiet one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000, interval: 10 } },
    ...(process.env["CI"] === "true" && { retry: RETRY, reporters: ["default", "./scripts/ci/unstable.mjs"] }),
    // The same draws for the same seed; tests that draw without fast-check read it themselves.
    ...(process.env["ELANUS_SEED"] !== undefined && { setupFiles: ["test/support/seed.ts"] }),
    pool: "forks",
    // Two cores are the least that CI has. By default one of them would be left to this process, which has little to do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    ...(process.env["ELANUS_THROUGH"] === "http" && THROUGH_HTTP),
    projects: [
      {
        extends: true,
        // Files that leave nothing behind share a process: most of the time of a small test is its start.
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...SLOW],
          isolate: false,
        },
      },
      { extends: true, test: { name: "slow", include: SLOW } },
      { extends: true, test: { name: "through http", include: THROUGH, isolate: false, ...THROUGH_HTTP } },
    ],
  },
});
