import { describe, expect, it } from "vitest";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { FUTURE_MESSAGE_FIELDS } from "../../../src/engine/contract/future-fields.js";
import { createRequest, idField, indexed, pairs, serve, vectorField } from "./served.js";

/** Something in each field of the table. */
const VALUES: Readonly<Record<string, unknown>> = {
  namespace: "n",
  "schema.external_source": "s3://x",
  "schema.external_spec": "{}",
  "schema.enable_namespace": true,
};

const RPCS: Readonly<Record<string, string>> = {
  "entities/search": "Search",
  "entities/hybrid_search": "HybridSearch",
  "entities/query": "Query",
  "entities/insert": "Insert",
  "entities/upsert": "Upsert",
  "entities/delete": "Delete",
  "collections/create": "CreateCollection",
  "collections/fields/add": "AddCollectionField",
};

function requestWith(path: string, field: string): object {
  if (field === "schema.external_field") {
    return {
      collection_name: "book",
      schema: encode("FieldSchema", { name: "x", data_type: 5, nullable: true, external_field: "y" }),
    };
  }
  if (field === "schema.fields[].external_field") {
    return createRequest("c", [idField, { ...vectorField, external_field: "y" }]);
  }
  const value = VALUES[field];
  if (value === undefined) throw new Error(`no value for ${field}`);
  if (path === "collections/create") {
    return createRequest("c", undefined, { [field.slice("schema.".length)]: value });
  }
  return { collection_name: "book", [field]: value };
}

describe("a field of a newer Milvus", () => {
  it.each(
    Object.entries(FUTURE_MESSAGE_FIELDS).flatMap(([path, fields]) => fields.map((field) => [path, field] as const)),
  )("of %s is refused by name: %s", async (path, field) => {
    const served = await serve();
    await indexed(served, "book");
    expect(await served.fails(RPCS[path] as string, requestWith(path, field))).toEqual([
      3000,
      1,
      `unsupported operation: ${field} is not supported by the embedded engine`,
    ]);
    expect(await served.db.collections.list()).toEqual(["book"]);
  });

  it("is refused among the parameters: group_by_fields of a hybrid search", async () => {
    const { fails } = await serve();
    const refusal = [3000, 1, "unsupported operation: group_by_fields is not supported by the embedded engine"];
    const parameters = pairs({ group_by_fields: "title" });
    expect(await fails("HybridSearch", { collection_name: "book", rank_params: parameters })).toEqual(refusal);
  });
});
