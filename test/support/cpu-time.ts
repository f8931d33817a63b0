/** Milliseconds of processor time that this thread has used; always 0 where the runtime cannot say: wall time is not this thread's. */
export function cpuTime(): number {
  const used = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage?.();
  return used === undefined ? 0 : (used.user + used.system) / 1000;
}
