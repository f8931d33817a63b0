import type { Operation } from "../operation.js";

/** Refreshes of external collections: there are none, since no collection lies outside of the file. */
export const listExternalCollectionJobs: Operation<"jobs/external_collection/list"> = {
  path: "jobs/external_collection/list",
  run: () => ({ data: { records: [] } }),
};
