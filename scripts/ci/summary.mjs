// Prints "N passed, N failed" from vitest's JSON report as the last line of the CI run and sets the exit code.
//
//   node scripts/ci/summary.mjs <vitest.json> <status of the steps before>
import { existsSync, readFileSync } from "node:fs";

const [report, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let suitesFailed = 0;
if (existsSync(report)) {
  const results = JSON.parse(readFileSync(report, "utf8"));
  passed = results.numPassedTests;
  failed = results.numFailedTests;
  // A file that does not even load has no tests to count.
  suitesFailed = results.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  ).length;
}
const total = passed + failed;
if (total === 0) console.log("no test ran");
if (failed === 0 && (suitesFailed > 0 || status !== "0")) console.log("a step outside the tests failed: see above");
console.log(`${passed} passed, ${failed + suitesFailed} failed`);
process.exitCode = total === 0 || failed > 0 || suitesFailed > 0 || status !== "0" ? 1 : 0;
