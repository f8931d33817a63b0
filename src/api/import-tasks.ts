import type { ImportJobDescription, ImportJobStateName } from "../engine/contract/jobs.js";

/** The states of a job in the RPC protocol. */
const STATES: Readonly<Record<ImportJobStateName, number>> = {
  Pending: 0,
  Failed: 1,
  Importing: 2,
  Uncommitted: 5,
  Completed: 6,
};

/** An import job as the message `GetImportStateResponse` has it, which names neither the job nor its collection. */
export function importTask(job: ImportJobDescription) {
  return {
    state: STATES[job.state],
    row_count: job.importedRows,
    id_list: [] as readonly number[],
    infos: [
      { key: "failed_reason", value: job.reason ?? "" },
      { key: "progress_percent", value: String(job.progress) },
    ],
    id: 0,
    collection_id: 0,
    create_ts: Math.floor(Date.parse(job.createTime) / 1000),
  };
}
