import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../scripts/load-test.mjs", import.meta.url));
/** Two minutes: `npm run load`. */
const SECONDS = process.env["LOAD_SECONDS"] ?? "4";

interface Report {
  readonly seed: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

function run(surface: string): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...process.env, LOAD_SECONDS: SECONDS, LOAD_SURFACE: surface },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on("close", (code) => resolve({ code, out }));
  });
}

describe.each([
  ["64 clients over HTTP", "http"],
  ["32 official clients over gRPC", "grpc"],
])("%s", (_, surface) => {
  it("see whole answers or documented refusals, and lose no row", { timeout: 600_000 }, async () => {
    const { code, out } = await run(surface);
    const report = JSON.parse(out) as Report;
    expect(report.problems.join("\n"), `ELANUS_SEED=${report.seed}`).toBe("");
    expect(code).toBe(0);
    // Both happened: answers, and searches of what was released.
    expect(report.codes["0"]).toBeGreaterThan(100);
    expect((report.codes["101"] ?? 0) + (report.codes["201"] ?? 0)).toBeGreaterThan(0);
  });
});
