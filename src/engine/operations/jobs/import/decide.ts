import { requirePrivilege } from "../../../access/permission.js";
import type { EngineContext } from "../../../context.js";
import type { Caller } from "../../../contract/caller.js";
import type { ImportJobRequest } from "../../../contract/jobs.js";
import type { ImportJob } from "../../../transfer/import-job-table.js";
import type { Operation } from "../../operation.js";
import { requireJob } from "./describe.js";

/** Makes the rows of a job visible that waits for it (`auto_commit: "false"`). @throws ImportJobNotFound, ImportFailed */
export const commitImportJob: Operation<"jobs/import/commit"> = {
  path: "jobs/import/commit",
  async run(ctx, request, { caller }) {
    await ctx.imports.commit(requireImport(ctx, request, caller));
    return { data: {} };
  },
};

/** Takes the rows of such a job away. @throws ImportJobNotFound, ImportFailed */
export const abortImportJob: Operation<"jobs/import/abort"> = {
  path: "jobs/import/abort",
  run(ctx, request, { caller }) {
    ctx.imports.abort(requireImport(ctx, request, caller));
    return { data: {} };
  },
};

/** A job that the caller may decide about: he may import into its collection. @throws ImportJobNotFound, PermissionDenied */
function requireImport(ctx: EngineContext, request: ImportJobRequest, caller: Caller | undefined): ImportJob {
  const job = requireJob(ctx, request, caller);
  const { database: dbName, collection: collectionName } = job;
  if (caller !== undefined) requirePrivilege(ctx, "jobs/import/create", { dbName, collectionName }, caller, dbName);
  return job;
}
