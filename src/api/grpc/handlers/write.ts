import { refuseFutureMessageFields } from "../../../engine/contract/future-fields.js";
import { failure } from "../../../errors.js";
import { isSet } from "../clock.js";
import { writeIds } from "../columns/ids.js";
import { readColumns } from "../columns/read-column.js";
import { readTemplates } from "../columns/templates.js";
import { OpType } from "../messages/enums.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf } from "./parts.js";

type WriteMessage = Pick<
  Received<"InsertRequest">,
  "db_name" | "collection_name" | "partition_name" | "fields_data" | "num_rows" | "schema_timestamp" | "namespace"
>;

/** What insert and upsert ask of the engine. */
function entitiesOf(path: "entities/insert" | "entities/upsert", request: WriteMessage) {
  refuseFutureMessageFields(path, request);
  return {
    ...collectionOf(request),
    partitionName: request.partition_name,
    columns: {
      rowCount: request.num_rows,
      columns: request.fields_data.flatMap(readColumns),
      ...(isSet(request.schema_timestamp) && { schemaTimestamp: request.schema_timestamp }),
    },
  };
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, position) => position);
}

export async function insert(request: Received<"InsertRequest">, call: RpcCall): Promise<Sent<"MutationResult">> {
  const { data } = await call.execute("entities/insert", entitiesOf("entities/insert", request));
  return {
    IDs: writeIds(data.insertIds),
    succ_index: positions(data.insertCount),
    insert_cnt: data.insertCount,
    timestamp: call.clock.next(),
  };
}

export async function upsert(request: Received<"UpsertRequest">, call: RpcCall): Promise<Sent<"MutationResult">> {
  const { data } = await call.execute("entities/upsert", {
    ...entitiesOf("entities/upsert", request),
    partialUpdate: request.partial_update,
    ...(request.field_ops.length > 0 && { fieldOps: request.field_ops.map(fieldChangeOf) }),
  });
  return {
    IDs: writeIds(data.upsertIds),
    succ_index: positions(data.upsertCount),
    insert_cnt: data.upsertCount,
    delete_cnt: data.upsertCount,
    upsert_cnt: data.upsertCount,
    timestamp: call.clock.next(),
  };
}

const OPERATIONS: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(OpType).map(([name, number]) => [number, name]),
);

function fieldChangeOf({ field_name: fieldName, op }: Received<"FieldPartialUpdateOp">) {
  return { fieldName, op: OPERATIONS[op] ?? String(op) };
}

/** All or none: every row has failed. */
export function failedWrite(request: {
  readonly num_rows: number;
  readonly fields_data: readonly unknown[];
}): Sent<"MutationResult"> {
  // The number is the client's word; a list of it must not be longer than the data can be.
  return { err_index: positions(Math.min(request.num_rows, MAX_FAILED_ROWS)) };
}

const MAX_FAILED_ROWS = 1_000_000;

/** Without ids: clients would take them for the result instead of the count. */
export async function deleteRows(request: Received<"DeleteRequest">, call: RpcCall): Promise<Sent<"MutationResult">> {
  refuseFutureMessageFields("entities/delete", request);
  if (request.expr.trim() === "") throw failure("AlwaysTrueDelete", { expression: request.expr });
  const exprParams = readTemplates(request.expr_template_values);
  const { data } = await call.execute("entities/delete", {
    ...collectionOf(request),
    partitionName: request.partition_name,
    filter: request.expr,
    ...(exprParams !== undefined && { exprParams }),
  });
  return { delete_cnt: data.deleteCount, timestamp: call.clock.next() };
}
