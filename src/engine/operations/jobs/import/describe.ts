import { failure } from "../../../../errors.js";
import { sightOf } from "../../../access/permission.js";
import type { EngineContext } from "../../../context.js";
import type { Caller } from "../../../contract/caller.js";
import type { ImportJobDescription, ImportJobRequest } from "../../../contract/jobs.js";
import type { ImportedUnit, ImportJob, ImportJobState } from "../../../transfer/import-job-table.js";
import type { Operation } from "../../operation.js";

/** How far a job has come. @throws InvalidParameter, ImportJobNotFound */
export const describeImportJob: Operation<"jobs/import/describe"> = {
  path: "jobs/import/describe",
  run: (ctx, request, { caller }) => ({ data: shownJob(requireJob(ctx, request, caller)) }),
};

/** The same under its old name. */
export const getImportProgress: Operation<"jobs/import/get_progress"> = {
  path: "jobs/import/get_progress",
  run: (ctx, request, { caller }) => ({ data: shownJob(requireJob(ctx, request, caller)) }),
};

/** A job that the caller sees. @throws InvalidParameter, ImportJobNotFound */
export function requireJob(ctx: EngineContext, { jobId }: ImportJobRequest, caller: Caller | undefined): ImportJob {
  const text = String(jobId).trim();
  if (!/^-?\d+$/.test(text)) throw failure("InvalidParameter", { text: `parse job id failed, ${text} is no integer` });
  const job = /^\d{1,15}$/.test(text) ? ctx.imports.byId(Number(text)) : undefined;
  if (job === undefined || !sightOf(ctx.access, caller).collection(job.database, job.collection)) {
    throw failure("ImportJobNotFound", { jobId: text });
  }
  return job;
}

/** Progress of a job whose rows are all there, and wait. */
const READY = 99;
/** Of one that has begun. */
const BEGUN = 10;

/** A job as surfaces show it. */
export function shownJob(job: ImportJob): ImportJobDescription {
  const { state, units, reason } = job;
  const rows = units.reduce((sum, unit) => sum + unit.rows, 0);
  return {
    jobId: String(job.id),
    createTime: timeText(job.createdAt),
    collectionName: job.collection,
    completeTime: timeText(job.endedAt),
    state,
    progress: jobProgress(job),
    importedRows: state === "Failed" ? 0 : rows,
    totalRows: rows,
    fileSize: units.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(reason === "" ? {} : { reason }),
    details: units.map((unit) => ({
      fileName: unit.name,
      fileSize: unit.bytes,
      progress: state === "Failed" ? 0 : unit.progress,
      completeTime: timeText(unit.endedAt),
      state: unitState(state, unit),
      importedRows: state === "Failed" ? 0 : unit.rows,
      totalRows: unit.rows,
      ...(reason === "" ? {} : { reason }),
    })),
  };
}

/** 0 to 100; it never falls, unless the job fails. */
export function jobProgress({ state, units }: ImportJob): number {
  if (state === "Completed") return 100;
  if (state === "Failed" || state === "Pending") return 0;
  if (state === "Uncommitted") return READY;
  const bytes = units.reduce((sum, unit) => sum + Math.max(1, unit.bytes), 0);
  const read = units.reduce((sum, unit) => sum + (Math.max(1, unit.bytes) * unit.progress) / 100, 0);
  return Math.min(READY, BEGUN + Math.floor(((READY - BEGUN) * read) / bytes));
}

function unitState(
  state: ImportJobState,
  { progress }: ImportedUnit,
): ImportJobDescription["details"][number]["state"] {
  if (state === "Failed" || state === "Pending" || state === "Completed") return state;
  return progress === 100 ? "Completed" : progress > 0 ? "InProgress" : "Pending";
}

/** RFC 3339, without fractions of a second; empty for what has not happened. */
function timeText(milliseconds: number): string {
  return milliseconds === 0 ? "" : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
