import { importTask } from "../../import-tasks.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf, recordOf } from "./parts.js";

/** All files of a message are one unit. */
export async function importFiles(request: Received<"ImportRequest">, call: RpcCall): Promise<Sent<"ImportResponse">> {
  const { data } = await call.execute("jobs/import/create", {
    ...collectionOf(request),
    partitionName: request.partition_name,
    files: [request.files],
    options: recordOf(request.options),
  });
  return { tasks: [Number(data.jobId)] };
}

export async function getImportState(
  request: Received<"GetImportStateRequest">,
  call: RpcCall,
): Promise<Sent<"GetImportStateResponse">> {
  const { data } = await call.execute("jobs/import/describe", { jobId: String(request.task) });
  return importTask(data);
}

export async function listImportTasks(
  request: Received<"ListImportTasksRequest">,
  call: RpcCall,
): Promise<Sent<"ListImportTasksResponse">> {
  const { data } = await call.execute("jobs/import/list", collectionOf(request));
  const tasks = [];
  for (const { jobId } of data.records) {
    tasks.push(importTask((await call.execute("jobs/import/describe", { jobId })).data));
  }
  return { tasks };
}
