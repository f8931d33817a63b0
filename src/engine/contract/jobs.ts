import { type DatabaseRequest, dbName } from "./request.js";
import type { ContractRows } from "./row.js";

export interface ListImportJobsRequest extends DatabaseRequest {
  readonly collectionName?: string;
}

export interface JobOperations {
  /** Import jobs: there are none, since files are not imported. */
  "jobs/import/list"(request?: ListImportJobsRequest): { readonly records: readonly never[] };
}

export const jobs: ContractRows<JobOperations> = {
  "jobs/import/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    // Jobs on collections that the caller may not import into are left out of the list.
    privilege: undefined,
  },
};
