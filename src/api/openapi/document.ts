import type { RequestField } from "../../engine/contract/row.js";
import { contract, type OperationPath, operationPaths } from "../../engine/contract/table.js";
import { V2_PREFIX } from "../rest/v2/routes.js";
import { ANSWERS } from "./answers.js";
import { anything, flag, integer, type JsonSchema, list, object, record, text } from "./json-schema.js";

/** The description of REST v2 in OpenAPI 3.1, made from the contract. @param version as it is announced to clients */
export function openApiDocument(version: string): object {
  const served = operationPaths.map((path) => [`${V2_PREFIX}${path}`, { post: operation(path) }] as const);
  return {
    openapi: "3.1.0",
    info: { title: "Elanus: Milvus REST v2", version },
    paths: Object.fromEntries(served),
    components: {
      schemas: { Failure: failure },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "user:password, or an API key" },
        basic: { type: "http", scheme: "basic" },
      },
    },
    security: [{}, { bearer: [] }, { basic: [] }],
  };
}

/** Every failure of REST v2, whatever its HTTP status. */
const failure: JsonSchema = {
  ...object({ code: { type: "integer", not: { const: 0 } }, message: text }),
  description: "Most come with HTTP status 200",
};
const FAILURE = { $ref: "#/components/schemas/Failure" };
const json = (schema: object) => ({ "application/json": { schema } });

function operation(path: OperationPath): object {
  const { privilege, writes, request } = contract[path];
  return {
    ...named(path),
    requestBody: { required: true, content: json(requestSchema(request)) },
    responses: {
      200: { description: "The answer, or what went wrong", content: json({ anyOf: [successSchema(path), FAILURE] }) },
      401: { description: "No credentials, or wrong ones", content: json(FAILURE) },
      403: { description: "Not permitted", content: json(FAILURE) },
    },
    "x-writes": writes,
    "x-privilege": privilege === undefined ? null : { objectType: privilege.object, name: privilege.name },
  };
}

function named(path: string): object {
  return { operationId: path, tags: [path.slice(0, path.lastIndexOf("/"))] };
}

/** The envelope of a success. */
function successSchema(path: OperationPath): JsonSchema {
  const { data, beside = {} } = ANSWERS[path];
  return object({ code: { const: 0 }, data, ...beside });
}

type Shape = Readonly<Record<string, RequestField>>;

/**
 * Unknown keys are ignored, as on a server.
 *
 * @param around the shapes that it stands in: one that is in itself is described once
 */
function requestSchema(shape: Shape, around: readonly Shape[] = []): JsonSchema {
  if (around.includes(shape)) return record(anything);
  const within = [...around, shape];
  const fields = Object.entries(shape).filter(([, field]) => field.kind !== "columns");
  const required = fields.filter(([, field]) => field.required === true && field.unless === undefined);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(([key, field]) => [key, fieldSchema(field, within)])),
    ...(required.length > 0 && { required: required.map(([key]) => key) }),
  };
}

function fieldSchema({ kind, shape }: RequestField, around: readonly Shape[]): JsonSchema {
  switch (kind) {
    case "string":
      return text;
    case "bool":
      return flag;
    case "int":
      return integer;
    case "strings":
      return list(text);
    case "object":
      return shape === undefined ? record(anything) : requestSchema(shape, around);
    case "array":
      return list(shape === undefined ? anything : requestSchema(shape, around));
    case "rows":
      return { anyOf: [record(anything), list(record(anything))] };
    case "columns":
    case "any":
      return anything;
  }
}
