import type { FunctionDefinition } from "../model/functions.js";
import type { FieldDefinition } from "../model/validate-fields.js";
import type { IndexDefinition } from "../model/validate-index.js";
import { fieldShape } from "./fields.js";
import { functionShape } from "./functions.js";
import { indexShape } from "./indexes.js";
import { type CollectionRequest, collectionName, type Done, dbName } from "./request.js";
import type { ContractRows, RequestField } from "./row.js";

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

export interface AddFunctionRequest extends CollectionRequest {
  readonly function: FunctionDefinition;
}

export interface AlterFunctionRequest extends AddFunctionRequest {
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
  /**
   * Gives a vector field that is there a model of the application (TextEmbedding), which computes it from now on; vectors that rows have
   * stay. BM25 and MinHash come with their fields only.
   *
   * @throws CollectionNotFound, InvalidParameter, MissingParameter
   */
  "collections/add_function"(request: AddFunctionRequest): Done;
  /**
   * Gives a TextEmbedding function another definition, for rows that are written from now on.
   *
   * @throws CollectionNotFound, InvalidParameter, MissingParameter
   */
  "collections/alter_function"(request: AlterFunctionRequest): Done;
  /**
   * Takes a TextEmbedding function from its field, which stays with its vectors. BM25 and MinHash go with their fields only.
   *
   * @throws CollectionNotFound, InvalidParameter
   */
  "collections/drop_function"(request: DropFunctionFieldRequest): Done;
}

const functionName: RequestField = { kind: "string", required: true };
const made: RequestField = { kind: "object", required: true, shape: functionShape };
/** Of functions that come and go without a field. */
const privilege = { object: "Global", name: "CreateCollection" } as const;

export const functionFields: ContractRows<FunctionFieldOperations> = {
  "collections/add_function_field": {
    request: {
      dbName,
      collectionName,
      function: made,
      outputField: { kind: "object", required: true, shape: fieldShape },
      indexParams: { kind: "object", shape: indexShape },
    },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
  "collections/drop_function_field": {
    request: { dbName, collectionName, functionName },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
  "collections/add_function": { request: { dbName, collectionName, function: made }, writes: true, privilege },
  "collections/alter_function": {
    request: { dbName, collectionName, functionName, function: made },
    writes: true,
    privilege,
  },
  "collections/drop_function": { request: { dbName, collectionName, functionName }, writes: true, privilege },
};
