import type { CollectionRequest } from "../../../engine/contract/request.js";
import { failure } from "../../../errors.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { readField, readFunction } from "../schema/read-schema.js";
import { nameOf } from "./collections.js";
import { readIndex } from "./indexes.js";

/** One field comes or goes, with the function that computes it, if there is one. */
export async function alterCollectionSchema(
  request: Received<"AlterCollectionSchemaRequest">,
  call: RpcCall,
): Promise<Sent<"AlterCollectionSchemaResponse">> {
  const { add_request: added, drop_request: dropped } = request.action ?? {};
  const collection = { dbName: request.db_name, collectionName: await nameOf(request, call) };
  if (dropped !== undefined) await drop(dropped, collection, call);
  else await add(added, collection, call);
  return {};
}

async function drop(
  dropped: Received<"AlterCollectionSchemaRequest.DropRequest">,
  collection: CollectionRequest,
  call: RpcCall,
): Promise<void> {
  const { field_name: fieldName, field_id: fieldId, function_name: functionName } = dropped;
  if (functionName === undefined) {
    await call.execute("collections/fields/drop", {
      ...collection,
      ...(fieldName !== undefined && { fieldName }),
      ...(fieldId !== undefined && { fieldId: Number(fieldId) }),
    });
    return;
  }
  if (!dropped.drop_function_output_fields) {
    throw failure("FunctionNeedsField", { function: functionName });
  }
  await call.execute("collections/drop_function_field", { ...collection, functionName });
}

async function add(
  added: Received<"AlterCollectionSchemaRequest.AddRequest"> | undefined,
  collection: CollectionRequest,
  call: RpcCall,
): Promise<void> {
  const [info, ...more] = added?.field_infos ?? [];
  const [made, ...others] = added?.func_schema ?? [];
  if (info?.field_schema === undefined || more.length > 0 || others.length > 0) {
    throw failure("InvalidParameter", { text: "exactly one field must be added or dropped" });
  }
  const field = readField(info.field_schema);
  const { index_name, extra_params } = info;
  const indexed = index_name !== "" || extra_params.length > 0;
  const index = { field_name: info.field_schema.name, index_name, extra_params };
  const indexParams = indexed ? { indexParams: readIndex(index) } : {};
  if (made === undefined) {
    const request = { ...collection, schema: field, ...indexParams };
    await call.look("collections/fields/drop", "collections/fields/add", request);
    return;
  }
  // Every row is computed before this answers, however long that takes.
  await call.executeUnhurried("collections/add_function_field", {
    ...collection,
    function: readFunction(made),
    outputField: field,
    ...indexParams,
  });
}
