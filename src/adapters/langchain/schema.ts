import type { DocumentInterface } from "@langchain/core/documents";
import type { CreateCollectionRequest } from "../../engine/contract/collections.js";
import { invalidParameter } from "../../errors.js";
import { STRONG } from "../kit/collection.js";
import type { ElanusVectorStoreOptions } from "./options.js";

export const PRIMARY_FIELD = "langchain_primaryid";
export const VECTOR_FIELD = "langchain_vector";
export const TEXT_FIELD = "langchain_text";
/** How the Milvus connector marks a text field that holds JSON. */
export const JSON_AS_TEXT = "Metadata JSON field";

const LONGEST_TEXT = 65_535;
const LONGEST_KEY = 512;
/** Servers before 3.0 take 64 fields; other keys of the metadata are dynamic. */
const DECLARED = 56;
const FIELD_NAME = /^[A-Za-z_]\w{0,254}$/;

/** Names of the fields that are not metadata. */
export interface OwnFields {
  readonly primary: string;
  readonly vector: string;
  readonly text: string;
}

/**
 * A collection for documents like these, with the fields of the Milvus connector: it can go on with the collection. Numbers are doubles
 * here, objects are JSON, a key may be missing in a document, and keys that come later are kept beside the declared ones.
 *
 * @param withIds the documents bring their ids
 */
export function collectionFor(
  { primary, vector, text }: OwnFields,
  vectors: readonly (readonly number[])[],
  documents: readonly DocumentInterface[],
  withIds: boolean,
  options: ElanusVectorStoreOptions,
): CreateCollectionRequest {
  const { collectionName, autoId = !withIds, partitionKey, indexCreateOptions: index } = options;
  const own = [primary, vector, text, partitionKey];
  const texts = { max_length: options.metadataTextFieldMaxLength ?? LONGEST_TEXT };
  const metadata = [...keysOf(documents)]
    .filter(([key, types]) => !own.includes(key) && FIELD_NAME.test(key) && types.size > 0)
    .slice(0, DECLARED)
    .map(([fieldName, types]) => ({ fieldName, nullable: true, ...fieldType(types, texts) }));
  return {
    collectionName,
    params: STRONG,
    schema: {
      enableDynamicField: true,
      fields: [
        ...metadata,
        {
          fieldName: primary,
          description: "Primary key",
          isPrimary: true,
          ...(autoId
            ? { dataType: "Int64", autoID: true }
            : { dataType: "VarChar", elementTypeParams: { max_length: LONGEST_TEXT } }),
        },
        {
          fieldName: text,
          description: "Text field",
          dataType: "VarChar",
          elementTypeParams: { max_length: options.textFieldMaxLength ?? LONGEST_TEXT },
        },
        {
          fieldName: vector,
          description: "Vector field",
          dataType: "FloatVector",
          elementTypeParams: { dim: vectors[0]?.length ?? 0 },
        },
        ...(partitionKey === undefined
          ? []
          : [
              {
                fieldName: partitionKey,
                description: "Partition key",
                dataType: "VarChar",
                isPartitionKey: true,
                elementTypeParams: { max_length: options.partitionKeyMaxLength ?? LONGEST_KEY },
              },
            ]),
      ],
    },
    indexParams: [
      {
        fieldName: vector,
        indexName: vector,
        indexType: index?.index_type ?? "HNSW",
        metricType: index?.metric_type ?? "L2",
        params: index === undefined ? { M: 8, efConstruction: 64 } : (index.params ?? {}),
      },
    ],
  };
}

type Type = "string" | "number" | "boolean" | "object";

/** The keys of the metadata, with the types of their values. */
function keysOf(documents: readonly DocumentInterface[]): ReadonlyMap<string, ReadonlySet<Type>> {
  const keys = new Map<string, Set<Type>>();
  for (const { metadata } of documents) {
    for (const [key, value] of Object.entries(metadata)) {
      const types = keys.get(key) ?? new Set();
      keys.set(key, types);
      const stored = storedValue(key, value);
      if (stored !== null) types.add(typeof stored as Type);
    }
  }
  return keys;
}

function fieldType(types: ReadonlySet<Type>, texts: { readonly max_length: number }): object {
  const [only] = types;
  if (types.size > 1 || only === "object") return { dataType: "JSON", description: JSON_AS_TEXT };
  if (only === "number") return { dataType: "Double", description: "Metadata Number field" };
  if (only === "boolean") return { dataType: "Bool", description: "Metadata Boolean field" };
  return { dataType: "VarChar", description: "Metadata String field", elementTypeParams: texts };
}

/**
 * A value of the metadata as it is stored: what JSON keeps of it.
 *
 * @throws InvalidParameter for what JSON cannot hold
 */
export function storedValue(key: string, value: unknown): unknown {
  if (value === undefined || typeof value === "string" || typeof value === "boolean") return value ?? null;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw invalidParameter(`${JSON.stringify(key)} of the metadata is ${value}`);
  }
  try {
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch (error) {
    throw invalidParameter(`${JSON.stringify(key)} of the metadata cannot be JSON: ${(error as Error).message}`, error);
  }
}
