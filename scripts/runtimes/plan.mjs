// What the other runtimes run in the time there is.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/** What a run takes before its first test. */
const START_SECONDS = 8;
/** Files quicker than this are never left out: they are most of the tests and little of the time. */
const QUICK_SECONDS = 1;

/**
 * Plans until the estimate fits: first the newer Node, then the older gives up all but the core; then the slowest files
 * of the core are left out, on all runtimes alike.
 *
 * @param runtimes per runtime, whether a file of the suite is one of its core, and whether it runs the whole suite
 * @param report vitest's JSON report of the whole suite on this machine: what each file takes; undefined: no limit
 * @param suiteSeconds what that run took
 * @param seconds the time for all runtimes together
 * @returns per runtime `part`, "whole" or "core"; and the files to leave out, slowest first
 */
export function planRuntimes({ runtimes, root, report, suiteSeconds, seconds }) {
  const parts = new Map(runtimes.map(({ name, whole }) => [name, whole ? "whole" : "core"]));
  const leftOut = [];
  if (report === undefined || !existsSync(report)) return { parts, leftOut };

  const files = readFiles(report, root, suiteSeconds);
  const needed = () => {
    let sum = 0;
    for (const { name, isCore } of runtimes) {
      const whole = parts.get(name) === "whole";
      const run = files.filter(({ path }) => whole || (isCore(path) && !leftOut.includes(path)));
      sum += START_SECONDS + run.reduce((total, file) => total + file.seconds, 0);
    }
    return sum;
  };
  for (const name of ["node-26", "node-22"]) {
    if (parts.get(name) === "whole" && needed() > seconds) parts.set(name, "core");
  }
  for (const { path, seconds: own } of files) {
    if (own < QUICK_SECONDS || needed() <= seconds) break;
    if (runtimes.some(({ isCore }) => isCore(path))) leftOut.push(path);
  }
  return { parts, leftOut };
}

/** The files of the suite, slowest first, each with its share of the time that the whole took. */
function readFiles(report, root, suiteSeconds) {
  const files = JSON.parse(readFileSync(report, "utf8")).testResults.map(({ name, startTime, endTime }) => ({
    path: relative(root, name),
    own: endTime - startTime,
  }));
  const total = files.reduce((sum, { own }) => sum + own, 0);
  return files
    .map(({ path, own }) => ({ path, seconds: (own / total) * suiteSeconds }))
    .sort((a, b) => b.seconds - a.seconds);
}
