import type { FunctionDefinition } from "../model/functions.js";
import type { FieldDefinition } from "../model/validate-fields.js";
import type { IndexDefinition } from "../model/validate-index.js";
import { fieldShape } from "./fields.js";
import { functionShape } from "./functions.js";
import { indexShape } from "./indexes.js";
import { type CollectionRequest, collectionName, type Done, dbName } from "./request.js";
import type { ContractRows } from "./row.js";

export interface AddFunctionFieldRequest extends CollectionRequest {
  readonly function: FunctionDefinition;
  /** What the function computes. */
  readonly outputField: FieldDefinition;
  /** Default: AUTOINDEX. */
  readonly indexParams?: IndexDefinition;
}

export interface DropFunctionFieldRequest extends CollectionRequest {
  readonly functionName: string;
}

export interface FunctionFieldOperations {
  /**
   * Adds a function with the field that it computes and an index on that. Answers when the field is computed for all rows, loaded or
   * not; until then nobody sees it, and others read and write. A process that dies meanwhile leaves nothing.
   *
   * @throws CollectionNotFound, InvalidParameter, and what a function, a field and an index of a new collection are refused for
   */
  "collections/add_function_field"(request: AddFunctionFieldRequest): Done;
  /**
   * Drops a function with the field that it computes.
   *
   * @throws CollectionNotFound, InvalidParameter
   */
  "collections/drop_function_field"(request: DropFunctionFieldRequest): Done;
}

export const functionFields: ContractRows<FunctionFieldOperations> = {
  "collections/add_function_field": {
    request: {
      dbName,
      collectionName,
      function: { kind: "object", required: true, shape: functionShape },
      outputField: { kind: "object", required: true, shape: fieldShape },
      indexParams: { kind: "object", shape: indexShape },
    },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
  "collections/drop_function_field": {
    request: { dbName, collectionName, functionName: { kind: "string", required: true } },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
};
