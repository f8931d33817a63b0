import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names a process so that another one on the same machine can tell whether it still lives. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Tells it from an earlier or later process with the same number; empty where the system does not say. */
  readonly started: string;
}

/** This process, the same from all of its threads. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), started: startOf("self") ?? "" };
}

/** Whether both names are of one process. */
export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.host === b.host && a.started === b.started;
}

/**
 * True when the process certainly lives; false when it is gone, on another machine, or nobody can tell.
 * @param since when it named itself, ISO 8601
 */
export function isAlive(other: ProcessIdentity, since: string): boolean {
  if (other.host !== hostname() || process.platform === "win32") return false;
  if (other.started !== "") return startOf(String(other.pid)) === other.started;
  if (process.platform === "linux") return false;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  // A later process may have got the number.
  const env = { ...process.env, LC_ALL: "C" };
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(other.pid)], { env, encoding: "utf8" });
  return Date.parse(stdout) <= Date.parse(since) + 2000;
}

/** Which boot, which space of process numbers, and the moment of its start; Linux only. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in the second field may hold anything; the 22nd field counts ticks since the boot.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")} ${ticks}`;
  } catch {
    return undefined;
  }
}
