import type { DocumentInterface } from "@langchain/core/documents";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { Row } from "../../entity-iterators.js";
import { invalidParameter } from "../../errors.js";
import { type Field, primaryField, vectorField } from "../kit/collection.js";
import type { ElanusVectorStoreOptions } from "./options.js";
import { JSON_AS_TEXT, type OwnFields, storedValue, TEXT_FIELD } from "./schema.js";

/** A hit has these of its own, in place of fields with that name. */
const OF_A_HIT = ["id", "distance", "highlight"];

/** How documents lie in a collection that is there. */
export interface Layout extends OwnFields {
  readonly autoId: boolean;
  readonly keysAreText: boolean;
  /** What is metadata: all other fields that are not computed. */
  readonly metadata: readonly Field[];
  readonly dynamic: boolean;
  /** All of a document but its vector. */
  readonly outputFields: readonly string[];
  /** Some of it cannot be read from hits. */
  readonly hidden: boolean;
}

export function layoutOf(description: CollectionDescription, options: ElanusVectorStoreOptions): Layout {
  const { collectionName, fields, enableDynamicField: dynamic } = description;
  const primary = primaryField(description);
  const vector = vectorField(description, options.vectorField).name;
  const text = options.textField ?? TEXT_FIELD;
  if (!fields.some(({ name }) => name === text)) {
    throw invalidParameter(`${collectionName} has no field ${JSON.stringify(text)} for texts: name it as textField`);
  }
  const metadata = fields.filter(
    (field) => !field.primaryKey && field.name !== vector && field.name !== text && field.isFunctionOutput !== true,
  );
  const readable = metadata.filter(({ type }) => !type.endsWith("Vector")).map(({ name }) => name);
  return {
    primary: primary.name,
    vector,
    text,
    autoId: primary.autoId,
    keysAreText: primary.type === "VarChar",
    metadata,
    dynamic,
    outputFields: [primary.name, text, ...readable, ...(dynamic ? ["$meta"] : [])],
    hidden: [text, ...readable].some((name) => OF_A_HIT.includes(name)),
  };
}

/** @throws InvalidParameter for metadata that the collection has no place for */
export function rowOf(
  layout: Layout,
  vector: readonly number[],
  { pageContent, metadata }: DocumentInterface,
  id: string | undefined,
): Row {
  const { primary, text, metadata: fields, dynamic } = layout;
  const row: Record<string, unknown> = { [layout.vector]: vector, [text]: pageContent };
  if (!layout.autoId) {
    const key = id ?? metadata[primary];
    if (key === undefined) throw invalidParameter(`a document has no id: give ids, or metadata with ${primary}`);
    row[primary] = key;
  }
  for (const [key, value] of Object.entries(metadata)) {
    if (key === primary) continue;
    if (key === text || key === layout.vector) throw invalidParameter(`${key} is a field of its own, not metadata`);
    const stored = storedValue(key, value);
    const field = fields.find(({ name }) => name === key);
    if (field === undefined) {
      if (stored === null) continue;
      if (!dynamic || OF_A_HIT.includes(key) || key === "$meta") {
        throw invalidParameter(`the collection has no field for ${JSON.stringify(key)} of the metadata`);
      }
    }
    row[key] = field?.type === "VarChar" && typeof stored === "object" ? textOf(stored) : stored;
  }
  return row;
}

function textOf(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** @param row the fields of a document as they are called in the collection */
export function documentOf(layout: Layout, row: Row): { pageContent: string; metadata: Row; id: string } {
  const { primary, text, vector, metadata: fields } = layout;
  const metadata: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (value === null || key === text || key === vector || (key === primary && layout.autoId)) continue;
    metadata[key] = shownValue(
      fields.find(({ name }) => name === key),
      value,
    );
  }
  return { pageContent: String(row[text] ?? ""), metadata, id: String(row[primary]) };
}

/** Objects that the Milvus connector has written are JSON as text, in whatever field. */
function shownValue(field: Field | undefined, value: unknown): unknown {
  const mayBeJson = field?.type === "JSON" || (field?.type === "VarChar" && field.description === JSON_AS_TEXT);
  if (!mayBeJson || typeof value !== "string" || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
