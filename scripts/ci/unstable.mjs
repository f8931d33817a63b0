// A reporter of vitest: names every test that passed only when it was tried again, with its first failure. Each is a fault
// of the test or of the code, to be mended. Adds them to the file UNSTABLE_REPORT as well, when that is given.
import { appendFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

export default class Unstable {
  #lines = [];

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky !== true) return;
    const [first] = test.result().errors ?? [];
    const at = first?.stacks?.[0];
    const where = at === undefined ? "" : ` (line ${at.line})`;
    const said = stripVTControlCharacters(first?.message ?? "no message").replaceAll(/\s+/g, " ");
    this.#lines.push(`unstable: ${test.module.relativeModuleId} > ${test.fullName}${where}: ${said.slice(0, 1000)}`);
  }

  onTestRunEnd() {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    process.stdout.write(`\nPassed at the second try only:\n${text}`);
    const report = process.env.UNSTABLE_REPORT;
    if (report !== undefined) appendFileSync(report, text);
  }
}
