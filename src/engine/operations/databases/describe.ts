import { keyValues } from "../collections/describe.js";
import type { Operation } from "../operation.js";
import { requireDatabase } from "../resolve.js";

/**
 * Id and properties of a database.
 *
 * @throws DatabaseNotFound
 */
export const describeDatabase: Operation<"databases/describe"> = {
  path: "databases/describe",
  run(ctx, request) {
    const { id, name, properties, createdAt } = requireDatabase(ctx, request.dbName);
    return { data: { dbName: name, dbID: id, properties: keyValues(properties) }, facts: [{ id, createdAt }] };
  },
};
