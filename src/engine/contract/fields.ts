import type { StructDefinition } from "../model/read-structs.js";
import type { FieldDefinition } from "../model/validate-fields.js";
import type { IndexDefinition } from "../model/validate-index.js";
import { indexShape } from "./indexes.js";
import { FIELD_PARAMS } from "./known-keys.js";
import {
  type CollectionRequest,
  collectionName,
  type Done,
  dbName,
  type KeyValue,
  type Properties,
} from "./request.js";
import type { ContractRows, RequestShape } from "./row.js";

export type { FieldDefinition, StructDefinition };

export interface AddFieldRequest extends CollectionRequest {
  readonly schema: FieldDefinition;
  /** An index that comes with the field. */
  readonly indexParams?: IndexDefinition;
}

export interface AddStructRequest extends CollectionRequest {
  readonly schema: StructDefinition;
}

/** By name or by id, not both. */
export interface DropFieldRequest extends CollectionRequest {
  readonly fieldName?: string;
  readonly fieldId?: number;
}

export interface AlterFieldRequest extends CollectionRequest {
  readonly fieldName: string;
  /** `max_length`, `max_capacity`, `mmap.enabled`. */
  readonly fieldParams: Properties;
  /** Parameters to be removed: `mmap.enabled`. */
  readonly deleteKeys?: readonly string[];
}

export interface FieldDescription {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly params?: readonly KeyValue[];
  readonly elementType?: string;
  readonly defaultValue?: { readonly Data: Readonly<Record<string, boolean | number | bigint | string>> };
  readonly primaryKey: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly description: string;
  /** Only where it is true. */
  readonly isFunctionOutput?: boolean;
}

/** A list of elements with the same fields. */
export interface StructDescription {
  readonly id: number;
  readonly name: string;
  readonly type: "ArrayOfStruct";
  readonly description: string;
  readonly nullable: boolean;
  readonly params?: readonly KeyValue[];
  /** By their own names; each an Array or an ArrayOfVector. */
  readonly fields: readonly FieldDescription[];
}

export interface FieldOperations {
  /**
   * Appends a nullable field, loaded or not, at once: rows that are there read its default value, or null. With an index on it both
   * come, or none.
   *
   * @throws CollectionNotFound, InvalidParameter, and what a field or an index of a new collection is refused for
   */
  "collections/fields/add"(request: AddFieldRequest): Done;
  /**
   * Appends a nullable struct array field, loaded or not. Rows that are there read null.
   *
   * @throws CollectionNotFound, InvalidParameter, and what a struct of a new collection is refused for
   */
  "collections/struct_fields/add"(request: AddStructRequest): Done;
  /**
   * Drops a field, or a struct array field as a whole, with its indexes and all of its values, loaded or not. Its id is never
   * used again.
   *
   * @throws CollectionNotFound, InvalidParameter for keys, the last vector field and what a function needs
   */
  "collections/fields/drop"(request: DropFieldRequest): Done;
  /**
   * Changes type parameters of a field. Rows that are there already are not checked against a smaller length.
   *
   * @throws CollectionNotFound, InvalidParameter (unknown field or parameter, value out of range),
   * CollectionAlreadyLoaded (`mmap.enabled`)
   */
  "collections/fields/alter_properties"(request: AlterFieldRequest): Done;
}

const roles = {
  isPrimary: { kind: "bool" },
  autoID: { kind: "bool" },
  isPartitionKey: { kind: "bool" },
  isClusteringKey: { kind: "bool" },
  defaultValue: { kind: "any" },
} as const;

/** One element of `schema.fields`. */
export const fieldShape: RequestShape<FieldDefinition> = {
  fieldName: { kind: "string", required: true },
  dataType: { kind: "string", required: true },
  elementDataType: { kind: "string" },
  description: { kind: "string" },
  ...roles,
  nullable: { kind: "bool" },
  elementTypeParams: { kind: "object", keys: FIELD_PARAMS },
};

/** One element of `schema.structFields`. */
export const structShape: RequestShape<StructDefinition> = {
  fieldName: { kind: "string", required: true },
  dataType: { kind: "string" },
  elementDataType: { kind: "string" },
  description: { kind: "string" },
  ...roles,
  nullable: { kind: "bool" },
  typeParams: { kind: "object", keys: FIELD_PARAMS },
  elementTypeParams: { kind: "object", keys: FIELD_PARAMS },
  fields: { kind: "array", shape: fieldShape },
};

const named: RequestShape<CollectionRequest> = { dbName, collectionName };

export const fields: ContractRows<FieldOperations> = {
  "collections/fields/add": {
    request: {
      ...named,
      schema: { kind: "object", required: true, shape: fieldShape },
      indexParams: { kind: "object", shape: indexShape },
    },
    writes: true,
    privilege: { object: "Collection", name: "AddCollectionField" },
  },
  "collections/struct_fields/add": {
    request: { ...named, schema: { kind: "object", required: true, shape: structShape } },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
  "collections/fields/drop": {
    request: { ...named, fieldName: { kind: "string" }, fieldId: { kind: "int" } },
    writes: true,
    privilege: { object: "Collection", name: "AlterCollectionSchema" },
  },
  "collections/fields/alter_properties": {
    request: {
      ...named,
      fieldName: { kind: "string", required: true },
      fieldParams: { kind: "object", required: true },
      deleteKeys: { kind: "strings" },
    },
    writes: true,
    privilege: { object: "Global", name: "CreateCollection" },
  },
};
