import { methodOf } from "../namespaces.js";
import { after } from "../values/clock.js";

/** Operations that begin a job, and what tells how far it has come. */
const JOBS: Readonly<Record<string, string>> = {
  "snapshots/restore": "jobs/snapshot/describe",
  "jobs/snapshot/restore_external": "jobs/snapshot/describe",
  "jobs/import/create": "jobs/import/describe",
};
const GOES_ON = /(?:Pending|Executing|Importing)$/;
const LOOK_MS = 20;

/**
 * Waits until the job that an operation has begun is over: with the process it would fail.
 *
 * @param data what the operation has answered
 * @returns why it has failed; undefined where it has not, and where none was begun
 */
export async function endOfJob(
  db: Parameters<typeof methodOf>[0],
  path: string,
  { dbName }: { readonly dbName?: unknown },
  data: unknown,
): Promise<string | undefined> {
  const describe = JOBS[path];
  if (describe === undefined) return undefined;
  const { jobId } = data as { readonly jobId: number | string };
  const look = methodOf(db, describe);
  for (;;) {
    const job = await look({ jobId, ...(dbName !== undefined && { dbName }) });
    const { state, reason } = job as { readonly state: string; readonly reason?: string };
    if (!GOES_ON.test(state)) return state.endsWith("Failed") ? (reason ?? state) : undefined;
    await new Promise<void>((resolve) => after(LOOK_MS, resolve));
  }
}
