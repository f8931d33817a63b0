import { failure, isElanusError } from "../../../errors.js";
import type { Fields } from "../../fields.js";
import { cloudCollection, type Endpoint, primaryFieldOf, type V1Call } from "./call.js";
import { cloudFailure } from "./cloud-errors.js";
import { cloudFields, requireAll, requireCollectionName, serverFields } from "./decode.js";
import { checkIds } from "./ids.js";
import { readKeyFilter } from "./key-filter.js";

const DELETE = { dbName: "string", collectionName: "string", id: "id", filter: "string" } as const;
const MAX_IDS = 100;

/** `POST /v1/vector/delete`. A non-empty filter decides; `id` counts only without one. */
export const deleteServer: Endpoint = async (v1) => {
  const fields = serverFields(v1.call.body, DELETE);
  const required = ["collectionName", "id/filter"];
  if (!fields["filter"] && fields["id"] === undefined) throw failure("MissingV1Parameters", { required });
  requireAll({ ...fields, "id/filter": true }, required);
  return remove(v1, fields);
};

export const deleteCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, DELETE, 90132);
  requireCollectionName(fields);
  const { id } = fields;
  const filter = ((fields["filter"] as string | undefined) ?? "").trim();
  if (filter === "") {
    if (id === undefined) throw cloudFailure(fields["filter"] === undefined ? 90124 : 90110);
    if (Array.isArray(id) && id.length > MAX_IDS) throw cloudFailure(90140);
    if (Array.isArray(id) && id.length === 0) throw cloudFailure(90128);
  }
  const primary = primaryFieldOf(await cloudCollection(v1, fields, "entities/delete"));
  if (filter === "") checkIds(id, primary);
  else await checkKeyFilter(v1, fields, primary.name);
  try {
    return await remove(v1, { ...fields, filter });
  } catch (error) {
    throw badFilter(error) ?? error;
  }
};

async function remove(v1: V1Call, fields: Fields): Promise<unknown> {
  const { id, filter, ...collection } = fields;
  await v1.execute("entities/delete", filter ? { ...collection, filter } : { ...collection, id });
  return {};
}

/**
 * The hosted service deletes by key filters only.
 *
 * @throws 80000 (no filter at all), 90127 (another filter), 90128 (an empty list), 90129 (literals that are no keys)
 */
async function checkKeyFilter(v1: V1Call, fields: Fields, primaryField: string): Promise<void> {
  const { filter, dbName, collectionName } = fields;
  switch (readKeyFilter(filter as string, primaryField)) {
    case "key":
      return;
    case "empty":
      throw cloudFailure(90128);
    case "unsupported":
      throw cloudFailure(90129);
    case "other":
      // Whether it is a filter at all is the language's to say: a query parses it before it looks at anything else.
      try {
        const query = { dbName, collectionName, filter, outputFields: [primaryField], limit: 1 };
        await v1.look("entities/delete", "entities/query", query);
      } catch (error) {
        const refused = badFilter(error);
        if (refused !== undefined) throw refused;
      }
      throw cloudFailure(90127, primaryField);
  }
}

/** A filter that cannot be parsed, by its cloud code. */
function badFilter(error: unknown): Error | undefined {
  const bad = isElanusError(error, "InvalidExpression") || isElanusError(error, "NotAPredicate");
  return bad ? cloudFailure(80000, error.message) : undefined;
}
