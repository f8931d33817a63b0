import { expect, it } from "vitest";
import { openDdl, type Refusal } from "./ddl-support.js";

/** One test per refusal: what is given succeeds, the request is answered with code and message, and nothing is called. */
export function testRefusals(refusals: readonly Refusal[]): void {
  it.each(refusals)("$path, $when", async ({ given = [], path, body, code, message }) => {
    const ddl = openDdl();
    for (const [earlier, request] of given) await ddl.ok(earlier, request);
    const before = [...ddl.calls];
    expect(await ddl.call(path, body)).toEqual({ code, message });
    expect(ddl.calls).toEqual(before);
  });
}

/** A loaded collection `book` with a vector field of four dimensions. */
export const book = ["collections/create", { collectionName: "book", dimension: 4 }] as const;

/** A collection `shelf` of a custom schema, not loaded, without indexes. */
export function shelf(...fields: readonly object[]): readonly [string, unknown] {
  const schema = {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
      ...fields,
    ],
  };
  return ["collections/create", { collectionName: "shelf", schema }];
}

/** A collection with a partition key. */
export const keyed = shelf({ fieldName: "k", dataType: "Int64", isPartitionKey: true });

/** The line of a missing required field. */
export function missing(type: string, field: string): string {
  return `missing required parameters, error: Key: '${type}.${field}' Error:Field validation for '${field}' failed on the 'required' tag`;
}

export const badIndexParams = "invalid parameter[expected=valid index params][actual=invalid index params]";
