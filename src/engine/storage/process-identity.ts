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
  const asked = ["-o", "state=", "-o", "lstart=", "-p", String(other.pid)];
  const [, state = "", start = ""] =
    /^\s*(\S+)\s+(.*)/.exec(spawnSync("ps", asked, { env, encoding: "utf8" }).stdout) ?? [];
  return !state.startsWith("Z") && Date.parse(start) <= Date.parse(since) + 2000;
}

/** Of a process that has come to its end, and waits for somebody to ask how it was. */
const ENDED = ["Z", "X", "x"];
/** The kernel is taking it down: it runs no code of its own any more. */
const EXITING = 4;

/** Which boot, which space of process numbers, and the moment of its start; undefined for one that has ended. Linux only. */
function startOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in the second field may hold anything; then come the state, the 9th field with flags, the 22nd with ticks since the boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", flags, ticks] = [fields[0], fields[6], fields[19]];
    if (ENDED.includes(state) || (Number(flags) & EXITING) !== 0) return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")} ${ticks}`;
  } catch {
    return undefined;
  }
}
