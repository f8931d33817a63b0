/** Phases shorter than this have too few turns for a percentile. */
const LONG_MS = 500;

/**
 * The event-loop delays of a run of `npm run bench`, phase by phase: [{ name, max, p99, noise, ms }] in ms; p99 of long
 * phases only.
 */
export function stalls(bench) {
  const found = [];
  const add = (name, phase, part) => {
    const watched = part === undefined ? undefined : phase?.[part];
    if (watched?.stallMax === undefined) return;
    found.push({
      name,
      max: watched.stallMax,
      p99: watched.ms >= LONG_MS ? watched.stallP99 : undefined,
      ms: watched.ms,
      noise: phase.noise,
    });
  };
  add("insert, batches of 1000", bench.fill, "insert");
  add("graph build", bench.fill, "build");
  add("insert, two partitions", bench.parts, "insert");
  add("two graphs at once", bench.parts, "build");
  add("close, snapshot", bench.fill, "close");
  add("load", bench.memory, "load");
  add("release", bench.release, "release");
  for (const [i, d] of (bench.delete?.deletes ?? []).entries()) {
    found.push({
      name: `delete 10,000 by filter (${i + 1})`,
      max: d.stallMax,
      p99: d.ms >= LONG_MS ? d.stallP99 : undefined,
      ms: d.ms,
      noise: bench.delete.noise,
    });
  }
  add("compaction", bench.delete, "compaction");
  add("delete 100,000, worker: true", bench.worker, "deleteAll");
  return found;
}
