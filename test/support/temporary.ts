import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";

const folders: string[] = [];

/** A path for a database file in a folder that is removed after the test. */
export function temporaryPath(name = "test.db"): string {
  const folder = mkdtempSync(join(tmpdir(), "elanus-test-"));
  folders.push(folder);
  return join(folder, name);
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
