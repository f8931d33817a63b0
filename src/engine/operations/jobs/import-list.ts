import { type DatabaseRequest, dbName, type Operation } from "../operation.js";

export interface ListImportJobsRequest extends DatabaseRequest {
  readonly collectionName?: string;
}

/** Import jobs: there are none, since files are not imported. */
export const listImportJobs: Operation<ListImportJobsRequest, { readonly records: readonly never[] }> = {
  path: "jobs/import/list",
  requestType: "OptionalCollectionNameReq",
  writes: false,
  request: { dbName, collectionName: { kind: "string" } },
  run: () => ({ data: { records: [] } }),
};
