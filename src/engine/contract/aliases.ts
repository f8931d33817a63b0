import { type CollectionRequest, collectionName, type DatabaseRequest, type Done, dbName } from "./request.js";
import type { ContractRows, RequestField } from "./row.js";

export interface ListAliasesRequest extends DatabaseRequest {
  /** Default: all collections of the database. */
  readonly collectionName?: string;
}

export interface AliasRequest extends DatabaseRequest {
  readonly aliasName: string;
}

export interface AliasTargetRequest extends CollectionRequest {
  readonly aliasName: string;
}

export interface AliasDescription {
  readonly dbName: string;
  readonly collectionName: string;
  readonly aliasName: string;
}

export interface AliasOperations {
  /**
   * Aliases of a database or of one collection, in order of creation.
   *
   * @throws DatabaseNotFound, CollectionMissing
   */
  "aliases/list"(request?: ListAliasesRequest): readonly string[];
  /**
   * The collection that an alias names.
   *
   * @throws InvalidParameter (bad name), DatabaseNotFound, AliasNotFound
   */
  "aliases/describe"(request: AliasRequest): AliasDescription;
  /**
   * Gives a collection a further name. The same alias of the same collection again is a success.
   *
   * @throws InvalidParameter (bad names), DatabaseNotFound, AliasConflict, CollectionMissing, AliasExists
   */
  "aliases/create"(request: AliasTargetRequest): Done;
  /**
   * Drops an alias. A missing one is dropped already.
   *
   * @throws InvalidParameter (bad name), DatabaseNotFound
   */
  "aliases/drop"(request: AliasRequest): Done;
  /**
   * Points an alias to another collection of the same database.
   *
   * @throws InvalidParameter (bad names), DatabaseNotFound, AliasConflict, CollectionMissing, AliasNotFound
   */
  "aliases/alter"(request: AliasTargetRequest): Done;
}

const aliasName: RequestField = { kind: "string", required: true };

export const aliases: ContractRows<AliasOperations> = {
  "aliases/list": {
    request: { dbName, collectionName: { kind: "string" } },
    writes: false,
    privilege: { object: "Global", name: "ListAliases" },
    tellsOf: "collection",
  },
  "aliases/describe": {
    request: { dbName, aliasName },
    writes: false,
    privilege: { object: "Global", name: "DescribeAlias" },
  },
  "aliases/create": {
    request: { dbName, collectionName, aliasName },
    writes: true,
    privilege: { object: "Global", name: "CreateAlias" },
  },
  "aliases/drop": { request: { dbName, aliasName }, writes: true, privilege: { object: "Global", name: "DropAlias" } },
  "aliases/alter": {
    request: { dbName, collectionName, aliasName },
    writes: true,
    privilege: { object: "Global", name: "CreateAlias" },
  },
};
