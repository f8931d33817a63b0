import { refuseFutureFields, refuseNewerFields } from "../../../engine/contract/future-fields.js";
import type { OperationPath } from "../../../engine/contract/table.js";
import { isElanusError } from "../../../errors.js";
import type { EnginePort, PortOptions, Reply } from "../../engine-port.js";
import { defined, type Fields } from "../../fields.js";
import type { Call } from "../../surface.js";
import { executeOptions, int64Form } from "../decode.js";
import { encodeData } from "../encode-data.js";
import { cloudFailure } from "./cloud-errors.js";

/** One field as REST v2 describes it. */
export interface DescribedField {
  readonly id: number;
  readonly elementType?: string;
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly primaryKey: boolean;
  readonly autoId: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly nullable: boolean;
  readonly params?: readonly { readonly key: string; readonly value: string }[];
  readonly defaultValue?: unknown;
  readonly isFunctionOutput?: boolean;
}

/** A collection as REST v2 describes it: what v1 needs to know before it calls an operation. */
export interface DescribedCollection {
  readonly collectionID: number;
  readonly autoId: boolean;
  readonly aliases: readonly string[];
  readonly properties: readonly unknown[];
  readonly consistencyLevel: string;
  readonly partitionsNum: number;
  readonly collectionName: string;
  readonly description: string;
  readonly enableDynamicField: boolean;
  readonly load: string;
  readonly shardsNum: number;
  readonly fields: readonly DescribedField[];
  readonly indexes: readonly unknown[];
}

/** A v1 request on its way: the endpoint's view of the engine. */
export interface V1Call {
  readonly call: Call;
  /** Runs an operation with this call's database and deadline. */
  execute(path: OperationPath, request: Fields): Promise<Reply<unknown>>;
  /** The same, with the data in wire form. */
  data(path: OperationPath, request: Fields): Promise<unknown>;
  /** Looks something up for the operation that is asked for, whose privilege counts. */
  look(purpose: OperationPath, path: OperationPath, request: Fields): Promise<Reply<unknown>>;
  /** @throws CollectionNotFound */
  describe(fields: Fields, purpose: OperationPath): Promise<DescribedCollection>;
}

/** One endpoint in one dialect: resolves to `data`. */
export type Endpoint = (v1: V1Call) => Promise<unknown>;

export function v1Call(engine: EnginePort, call: Call): V1Call {
  engine.requireOpen();
  const options: PortOptions = executeOptions(call);
  const int64 = int64Form(call);
  const execute = async (path: OperationPath, request: Fields): Promise<Reply<unknown>> => {
    if (call.body.kind === "value") {
      refuseFutureFields(path, call.body.value);
      refuseNewerFields(path, call.body.value);
    }
    return engine.execute(path, defined(request), options);
  };
  const look = (purpose: OperationPath, path: OperationPath, request: Fields): Promise<Reply<unknown>> =>
    engine.execute(path, defined(request), { ...options, purpose });
  return {
    call,
    execute,
    data: async (path, request) => encodeData(path, await execute(path, request), int64),
    look,
    describe: async ({ dbName, collectionName }, purpose) => {
      const reply = await look(purpose, "collections/describe", { dbName, collectionName });
      return reply.data as DescribedCollection;
    },
  };
}

/** The collection of a cloud request. @throws 90001 */
export async function cloudCollection(
  v1: V1Call,
  fields: Fields,
  purpose: OperationPath,
): Promise<DescribedCollection> {
  try {
    return await v1.describe(fields, purpose);
  } catch (error) {
    throw cloudCollectionError(error, fields);
  }
}

/** An unknown collection by its cloud code; any other error as it is. */
export function cloudCollectionError(error: unknown, fields: Fields): unknown {
  const unknownCollection = isElanusError(error, "CollectionNotFound") || isElanusError(error, "CollectionMissing");
  return unknownCollection ? cloudFailure(90001, String(fields["collectionName"])) : error;
}

export function primaryFieldOf(collection: DescribedCollection): DescribedField {
  const field = collection.fields.find((f) => f.primaryKey);
  if (field === undefined) throw new Error(`collection ${collection.collectionName} has no primary key`);
  return field;
}

/** A type parameter of a field (`dim`, `max_length`). */
export function typeParam(field: DescribedField, key: string): string | undefined {
  return field.params?.find((param) => param.key === key)?.value;
}
