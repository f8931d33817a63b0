import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

export async function addFileResource(
  { name, path }: Received<"AddFileResourceRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("file_resources/add", { name, path });
  return {};
}

export async function removeFileResource(
  { name }: Received<"RemoveFileResourceRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("file_resources/remove", { name });
  return {};
}

export async function listFileResources(
  _: Received<"ListFileResourcesRequest">,
  call: RpcCall,
): Promise<Sent<"ListFileResourcesResponse">> {
  const { data } = await call.execute("file_resources/list", {});
  return { resources: data };
}
