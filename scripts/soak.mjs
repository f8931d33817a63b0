// The model test with crashes for SOAK_SECONDS (default: half an hour). ELANUS_SEED repeats a run.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "test/soak"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, SOAK_SECONDS: process.env.SOAK_SECONDS ?? "1800" },
});
process.exitCode = status ?? 1;
