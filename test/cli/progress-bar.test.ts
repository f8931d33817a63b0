import { describe, expect, it } from "vitest";
import { barText, ownLine, progressLine, withProgressBar } from "../../src/cli/progress-bar.js";
import type { ProgressListener } from "../../src/index.js";

describe("the progress bar", () => {
  it("stays in its line: a narrow terminal has a shorter bar, then none, then a part of the name", () => {
    expect(barText("load default.book", 0.52, "", 39)).toBe("load default.book [#######-------] 52 %");
    expect(barText("push default.book", 0.52, ", 520 of 1000 rows", 39)).toBe(
      "push default.bo… 52 %, 520 of 1000 rows",
    );
    for (const columns of [undefined, 0, 4, 20, 40, 200]) {
      let longest = 0;
      const line = ownLine({
        columns,
        write: (text) => (longest = Math.max(longest, text.replaceAll("\r", "").length)),
      });
      for (const name of ["a".repeat(255), "b"]) line.show(barText(`load ${name}`, 1, "", line.columns));
      line.clear();
      expect(longest).toBeLessThan(columns || 80);
    }
  });

  it("shows loads in percent and builds in rows", () => {
    expect(progressLine({ kind: "load", database: "default", collection: "book", progress: 50 }, 80)).toBe(
      `load default.book [${"#".repeat(15)}${"-".repeat(15)}] 50 %`,
    );
    const rows = { totalRows: 400, indexedRows: 100, pendingRows: 300, failReason: "", builtOn: "worker" } as const;
    expect(progressLine({ kind: "build", database: "d", collection: "c", field: "v", ...rows }, 80)).toMatch(
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
      {
        columns: 80,
        write(text) {
          screen += text;
        },
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
