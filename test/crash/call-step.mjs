/** What restores can fail with, by how their reasons begin. */
const REASONS = { "service unavailable": 2, "disk limit exceeded": 7, "IO failed": 1001 };
/** A look at a job may fail for the same reason as the job. */
const LOOKS = 100;

/**
 * Carries out a step of a script. A restore has ended when this resolves.
 * @param stuck called when nobody can be asked any more how a restore has ended; lets them answer
 * @throws ElanusError, or what looks like one for a restore that has failed
 */
export async function callStep(db, { call, request }, stuck) {
  const method = call.split(".").reduce((place, key) => place[key], db);
  const data = await method(request);
  if (call === "snapshots.restore") await restoreEnded(db, data.jobId, stuck);
  return data;
}

/** The code that a call has answered. @throws whatever is no ElanusError */
export async function codeOf(call) {
  try {
    await call;
    return 0;
  } catch (error) {
    if (error?.name !== "ElanusError" || /undefined|\[object/.test(error.message)) throw error;
    return error.code;
  }
}

async function restoreEnded(db, jobId, stuck) {
  for (let failures = 0; ; ) {
    try {
      const { state, reason } = await db.jobs.snapshot.describe({ jobId });
      if (state === "RestoreSnapshotCompleted") return;
      if (state === "RestoreSnapshotFailed") throw failed(reason);
    } catch (error) {
      if (error.ended === true || (++failures > LOOKS && stuck === undefined)) throw error;
      if (failures === LOOKS) stuck?.();
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function failed(reason) {
  const begin = Object.keys(REASONS).find((text) => reason.startsWith(text));
  return Object.assign(new Error(reason), { name: "ElanusError", code: REASONS[begin] ?? 1100, ended: true });
}
