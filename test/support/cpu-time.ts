/** Milliseconds of processor time that this thread has used; wall time where the runtime cannot say. */
export function cpuTime(): number {
  const used = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage?.();
  return used === undefined ? performance.now() : (used.user + used.system) / 1000;
}
