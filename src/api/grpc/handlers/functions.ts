import type { AddFunctionRequest } from "../../../engine/contract/function-fields.js";
import type { CollectionRequest } from "../../../engine/contract/request.js";
import { invalidParameter } from "../../../errors.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { readFunction } from "../schema/read-schema.js";
import { nameOf } from "./collections.js";

/** Functions that come and go without the field that they compute. */

export async function addCollectionFunction(
  request: Received<"AddCollectionFunctionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const made = definitionIn(request);
  await call.execute("collections/add_function", { ...(await collectionOf(request, call)), function: made });
  return {};
}

export async function alterCollectionFunction(
  request: Received<"AlterCollectionFunctionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const made = definitionIn(request);
  const named = { ...(await collectionOf(request, call)), functionName: request.function_name };
  await call.execute("collections/alter_function", { ...named, function: made });
  return {};
}

export async function dropCollectionFunction(
  request: Received<"DropCollectionFunctionRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  const collection = await collectionOf(request, call);
  await call.execute("collections/drop_function", { ...collection, functionName: request.function_name });
  return {};
}

function definitionIn({
  functionSchema,
}: Pick<Received<"AddCollectionFunctionRequest">, "functionSchema">): AddFunctionRequest["function"] {
  if (functionSchema === undefined) throw invalidParameter("function schema is empty");
  return readFunction(functionSchema);
}

type Named = Pick<Received<"DropCollectionFunctionRequest">, "db_name" | "collection_name" | "collectionID">;

async function collectionOf(request: Named, call: RpcCall): Promise<CollectionRequest> {
  return { dbName: request.db_name, collectionName: await nameOf(request, call) };
}
