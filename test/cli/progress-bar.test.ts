import { describe, expect, it } from "vitest";
import { progressLine, withProgressBar } from "../../src/cli/progress-bar.js";
import type { ProgressListener } from "../../src/index.js";

describe("the progress bar", () => {
  it("shows loads in percent and builds in rows", () => {
    expect(progressLine({ kind: "load", database: "default", collection: "book", progress: 50 })).toBe(
      `load default.book [${"#".repeat(15)}${"-".repeat(15)}] 50 %`,
    );
    const rows = { totalRows: 400, indexedRows: 100, pendingRows: 300, failReason: "", builtOn: "worker" } as const;
    expect(progressLine({ kind: "build", database: "d", collection: "c", field: "v", ...rows })).toMatch(
      /^build d\.c\.v \[#{8}-{22}\] 25 %$/,
    );
  });

  it("rewrites one line and leaves none behind", async () => {
    let listener: ProgressListener | undefined;
    let listening = 0;
    const db = {
      onProgress(given: ProgressListener) {
        listener = given;
        listening++;
        return () => listening--;
      },
    };
    let screen = "";
    const result = await withProgressBar(
      db,
      (text) => {
        screen += text;
      },
      async () => {
        listener?.({ kind: "load", database: "default", collection: "book", progress: 7 });
        return "done";
      },
    );
    expect(result).toBe("done");
    expect(listening).toBe(0);
    expect(screen).toContain("7 %");
    expect(screen.split("\n")).toHaveLength(1);
    expect(screen.slice(screen.lastIndexOf("\r", screen.length - 2))).toMatch(/^\r +\r$/);
  });
});
