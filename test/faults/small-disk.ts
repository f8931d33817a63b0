import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryPath } from "../support/temporary.js";

/** A file system of a few megabytes, in a folder. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves so many bytes. @returns gives the space back */
  fill(leaving?: number): () => void;
}

const PAGE = 4096;
const mayMount = process.platform === "linux" && process.getuid?.() === 0;

/** Does something on a small disk. @returns false where there is no right to mount one */
export async function withSmallDisk(use: (disk: SmallDisk) => Promise<void>, megabytes: number): Promise<boolean> {
  const folder = join(dirname(temporaryPath()), "disk");
  mkdirSync(folder);
  const mount = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
  if (!mayMount || spawnSync("mount", mount).status !== 0) return false;
  try {
    await use({ folder, fill: (leaving = 0) => fillDisk(join(folder, "filler"), leaving) });
  } finally {
    // Also where a test has failed with files open.
    spawnSync("umount", ["-l", folder]);
  }
  return true;
}

function fillDisk(filler: string, leaving: number): () => void {
  const file = openSync(filler, "a");
  try {
    for (;;) writeSync(file, Buffer.alloc(PAGE));
  } catch {
    ftruncateSync(file, Math.max(0, statSync(filler).size - leaving));
    closeSync(file);
  }
  return () => rmSync(filler);
}
