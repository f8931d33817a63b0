import { failure } from "../../../errors.js";
import { type Fields, fits, isObject, jsonKind, KIND_NAMES, type Kind, knownFields, type Shape } from "../../fields.js";
import type { Body, Call } from "../../surface.js";
import { type CloudCode, cloudFailure } from "./cloud-errors.js";

/**
 * The fields of a JSON body in the server dialect: keys matched without regard to case, unknown keys left out, `null` absent.
 *
 * @throws MalformedRequest
 */
export function serverFields(body: Body, shape: Shape): Fields {
  if (body.kind === "none") throw failure("MalformedRequest", { detail: "EOF" });
  if (body.kind === "malformed") throw failure("MalformedRequest", { detail: body.detail });
  const value = body.value ?? {};
  if (!isObject(value)) {
    throw failure("MalformedRequest", { detail: `json: cannot unmarshal ${jsonKind(value)} into an object` });
  }
  const fields = knownFields(value, shape);
  for (const [key, value] of Object.entries(fields)) {
    const kind = shape[key] as Kind;
    // Ids and rows are looked at by the operation, which has its own codes for them.
    if (kind === "id" || kind === "rows" || fits(value, kind)) continue;
    throw failure("MalformedRequest", {
      detail: `json: cannot unmarshal ${jsonKind(value)} into field ${key} of type ${KIND_NAMES[kind].toLowerCase()}`,
    });
  }
  return fields;
}

/**
 * The same in the cloud dialect, with the first checks of every endpoint in their documented order.
 *
 * @param empty code for no body and for `{}`
 * @param mismatch code for a field of the wrong JSON type
 */
export function cloudFields(body: Body, shape: Shape, empty: CloudCode, mismatch: CloudCode = 90139): Fields {
  if (body.kind === "none") throw cloudFailure(empty);
  if (body.kind === "malformed") throw cloudFailure(80000, body.detail);
  if (!isObject(body.value)) {
    throw cloudFailure(80000, `the body must be a JSON object, not ${jsonKind(body.value)}`);
  }
  if (Object.keys(body.value).length === 0) throw cloudFailure(empty);
  const fields = knownFields(body.value, shape);
  for (const [key, value] of Object.entries(fields)) {
    const kind = shape[key] as Kind;
    if (!fits(value, kind)) throw cloudFailure(mismatch, key, KIND_NAMES[kind], shortText(value));
  }
  return fields;
}

/** The fields of a query string. */
export function queryFields(call: Call, shape: Shape): Fields {
  return knownFields(Object.fromEntries(new URLSearchParams(call.query)), shape);
}

/** @throws MissingV1Parameters naming all required ones, as the server does */
export function requireAll(fields: Fields, required: readonly string[]): void {
  for (const key of required) {
    const value = fields[key];
    if (value === undefined || value === "" || value === 0) throw failure("MissingV1Parameters", { required });
  }
}

const COLLECTION_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** @throws 90011 for a collection name that is missing, empty or badly formed */
export function requireCollectionName(fields: Fields): string {
  const name = fields["collectionName"];
  if (typeof name !== "string" || !COLLECTION_NAME.test(name)) throw cloudFailure(90011);
  return name;
}

function shortText(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value, bigintText) ?? "null");
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
