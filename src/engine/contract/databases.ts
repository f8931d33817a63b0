import type { Done, EmptyRequest, KeyValue, Properties } from "./request.js";
import type { ContractRows, Privilege, RequestField } from "./row.js";

export interface NamedDatabaseRequest {
  readonly dbName: string;
}

export interface CreateDatabaseRequest extends NamedDatabaseRequest {
  /** Kept and shown as text, without effect. */
  readonly properties?: Properties;
}

export interface AlterDatabaseRequest extends NamedDatabaseRequest {
  /** Kept and shown as text, without effect. */
  readonly properties: Properties;
}

export interface DropDatabasePropertiesRequest extends NamedDatabaseRequest {
  readonly propertyKeys: readonly string[];
}

export interface DatabaseDescription {
  readonly dbName: string;
  readonly dbID: number;
  readonly properties: readonly KeyValue[];
}

export interface DatabaseOperations {
  /** Names of all databases in order of creation. */
  "databases/list"(request?: EmptyRequest): readonly string[];
  /**
   * Creates a database.
   *
   * @throws DatabaseNameInvalid, DatabaseExists, DatabaseLimit
   */
  "databases/create"(request: CreateDatabaseRequest): Done;
  /**
   * Drops an empty database. A missing one is dropped already.
   *
   * @throws DefaultDatabaseDrop, DatabaseNotEmpty
   */
  "databases/drop"(request: NamedDatabaseRequest): Done;
  /**
   * Id and properties of a database.
   *
   * @throws DatabaseNotFound
   */
  "databases/describe"(request: NamedDatabaseRequest): DatabaseDescription;
  /** The older name of `databases/alter_properties`. */
  "databases/alter"(request: AlterDatabaseRequest): Done;
  /**
   * Sets properties of a database.
   *
   * @throws DatabaseNotFound
   */
  "databases/alter_properties"(request: AlterDatabaseRequest): Done;
  /**
   * Removes properties of a database; unknown keys are ignored.
   *
   * @throws DatabaseNotFound
   */
  "databases/drop_properties"(request: DropDatabasePropertiesRequest): Done;
}

const dbName: RequestField = { kind: "string", required: true };
/** The database is what it is about, not where the caller stands. */
const onDatabases = (name: string): Privilege => ({ object: "Global", name, at: "connection" });
const properties: RequestField = { kind: "object", required: true };

export const databases: ContractRows<DatabaseOperations> = {
  "databases/list": { request: {}, writes: false, privilege: undefined },
  "databases/create": {
    request: { dbName, properties: { kind: "object" } },
    writes: true,
    privilege: onDatabases("CreateDatabase"),
  },
  "databases/drop": { request: { dbName }, writes: true, privilege: onDatabases("DropDatabase") },
  "databases/describe": {
    request: { dbName },
    writes: false,
    privilege: onDatabases("DescribeDatabase"),
    tellsOf: "database",
  },
  "databases/alter": {
    request: { dbName, properties },
    writes: true,
    privilege: onDatabases("AlterDatabase"),
  },
  "databases/alter_properties": {
    request: { dbName, properties },
    writes: true,
    privilege: onDatabases("AlterDatabase"),
  },
  "databases/drop_properties": {
    request: { dbName, propertyKeys: { kind: "strings", required: true } },
    writes: true,
    privilege: onDatabases("AlterDatabase"),
  },
};
