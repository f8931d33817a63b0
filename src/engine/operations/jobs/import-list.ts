import type { Operation } from "../operation.js";

/** Import jobs: there are none, since files are not imported. */
export const listImportJobs: Operation<"jobs/import/list"> = {
  path: "jobs/import/list",
  run: () => ({ data: { records: [] } }),
};
