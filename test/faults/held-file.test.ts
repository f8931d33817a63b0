import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { HeldFile } from "../../src/engine/storage/held-file.js";
import { temporaryPath } from "../support/temporary.js";

/** With a descriptor the system tells its name (Linux); without one, as elsewhere, the file's identity is looked at. */
describe.each([["held open"], ["known by its identity"]])("a file that is %s", (how) => {
  const open: number[] = [];
  afterEach(() => {
    for (const file of open.splice(0)) closeSync(file);
  });

  function held(): { path: string; file: HeldFile } {
    const path = temporaryPath();
    writeFileSync(path, "log");
    if (how === "held open") open.push(openSync(path, "r+"));
    return { path, file: new HeldFile(path) };
  }

  it("is there", () => {
    const { path, file } = held();
    expect(file.isGone()).toBe(false);
    writeFileSync(path, "more");
    expect(file.isGone()).toBe(false);
  });

  it("is gone when it was removed", () => {
    const { path, file } = held();
    rmSync(path);
    expect(file.isGone()).toBe(true);
  });

  it("is gone when another file has its name", () => {
    const { path, file } = held();
    writeFileSync(`${path}-other`, "log");
    renameSync(`${path}-other`, path);
    expect(file.isGone()).toBe(true);
  });

  it("is gone when it was renamed, until it has its name again", () => {
    const { path, file } = held();
    renameSync(path, `${path}-moved`);
    expect(file.isGone()).toBe(true);
    renameSync(`${path}-moved`, path);
    expect(file.isGone()).toBe(false);
  });
});
