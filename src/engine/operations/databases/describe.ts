import { type KeyValue, keyValues } from "../collections/describe.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";
import { databaseNameField, type NamedDatabaseRequest } from "./create.js";

export interface DatabaseDescription {
  readonly dbName: string;
  readonly dbID: number;
  readonly properties: readonly KeyValue[];
}

/**
 * Id and properties of a database.
 *
 * @throws DatabaseNotFound
 */
export const describeDatabase: Operation<NamedDatabaseRequest, DatabaseDescription> = {
  path: "databases/describe",
  requestType: "DatabaseReqRequiredName",
  writes: false,
  request: { dbName: databaseNameField },
  run(ctx, request) {
    const { id, name, properties } = requireDatabase(ctx, request.dbName);
    return { data: { dbName: name, dbID: id, properties: keyValues(properties) } };
  },
};
