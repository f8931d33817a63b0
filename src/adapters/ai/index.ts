/** `elanus/ai`: a tool of the AI SDK that looks something up in a collection, and its embedding models as functions. */
import { type EmbeddingModel, embedMany, jsonSchema, type Tool } from "ai";
import { aiSdkEmbedder } from "../../embedders.js";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { Embed, Embedder } from "../../engine/index.js";
import type { SearchRow } from "../../entity-iterators.js";
import { invalidParameter } from "../../errors.js";
import {
  type Database,
  dimensionOf,
  primaryField,
  requireCollection,
  STRONG,
  vectorField,
  whenLoaded,
} from "../kit/collection.js";
import { fieldsOf } from "../kit/collection-fields.js";
import { type Filter, translate } from "../kit/filter.js";

export type { Filter };

export interface EmbedOptions {
  /** How often a call of the model is tried again; default: as the SDK does. */
  readonly maxRetries?: number;
  /** What the provider of the model is told beside the texts. */
  readonly providerOptions?: NonNullable<Parameters<typeof embedMany>[0]["providerOptions"]>;
}

/**
 * An embedding model of the AI SDK for the fields of a database:
 * `Elanus.open("app.db", { functions: { embed: embed(openai.embedding("text-embedding-3-small")) } })`.
 */
export function embed(model: EmbeddingModel, options: EmbedOptions = {}): Embedder {
  return aiSdkEmbedder((request) => embedMany({ ...options, ...request }), model);
}

export interface RetrieveOptions {
  /** An open database, or the view of a user who may read the collection. */
  readonly db: Database;
  readonly collectionName: string;
  /**
   * How a question becomes a vector: a model of the AI SDK, one as `functions.embed` has it, or a function over texts. Without it the question is searched as text: the
   * collection makes vectors itself (a function of its schema, BM25 too).
   */
  readonly embed?: Embed | Embedder | EmbeddingModel;
  /** The field that is searched, where there are several. */
  readonly vectorField?: string;
  /** The fields that the model is shown; default: all but vectors. */
  readonly outputFields?: readonly string[];
  /** The most passages, and how many without being asked for a number; default 5. */
  readonly limit?: number;
  /** What may be found at all: text in the filter language, or an object `{ year: { $gt: 1900 } }`. The model cannot change it. */
  readonly filter?: string | Filter;
  /** What the model is told of the tool. */
  readonly description?: string;
}

export interface RetrieveInput {
  readonly query: string;
  readonly limit?: number;
}

/** A row that was found: its key, how near it is by the metric of the collection, and the fields that are shown. */
export interface Passage {
  readonly id: string | number;
  readonly score: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A tool for `generateText` and `streamText`: `tools: { retrieve: retrieve({ db, collectionName: "notes", embed: model }) }`. */
export function retrieve(options: RetrieveOptions): Tool<RetrieveInput, Passage[]> {
  requireCollection("retrieve", options);
  const { db, collectionName, limit: most = 5, embed: given, filter } = options;
  const vectorOf = given === undefined ? undefined : functionOf(given);
  return {
    description: options.description ?? `Finds the passages of "${collectionName}" that say most about a question.`,
    inputSchema: jsonSchema<RetrieveInput>({
      type: "object",
      properties: {
        query: { type: "string", description: "What to look for, in words." },
        limit: { type: "integer", minimum: 1, maximum: most, description: `How many passages; default ${most}.` },
      },
      required: ["query"],
      additionalProperties: false,
    }),
    execute: async (input, { abortSignal: signal }) => {
      const { query, limit = most } = readInput(input);
      const call = signal === undefined ? {} : { signal };
      const description = await db.collections.describe({ collectionName }, call);
      const question = vectorOf === undefined ? query : await embedded(vectorOf, query, description, options, signal);
      const key = primaryField(description).name;
      const request = {
        ...STRONG,
        collectionName,
        data: [question],
        limit: Math.min(limit, most),
        filter: typeof filter === "string" ? filter : translate(filter, fieldsOf(description), `${key} in []`),
        outputFields: options.outputFields ?? shownFields(description),
        ...(options.vectorField !== undefined && { annsField: options.vectorField }),
      };
      const hits = await whenLoaded(db, collectionName, () => db.entities.search(request, call));
      return hits.map((hit) => passageOf(hit, key));
    },
  };
}

function functionOf(given: Embed | Embedder | EmbeddingModel): Embed {
  if (typeof given === "function") return given;
  return typeof given === "object" && "embed" in given ? given.embed : embed(given).embed;
}

async function embedded(
  vectorOf: Embed,
  query: string,
  description: CollectionDescription,
  { collectionName, vectorField: name }: RetrieveOptions,
  signal = new AbortController().signal,
): Promise<number[]> {
  const field = vectorField(description, name);
  const facts = { collectionName, fieldName: field.name, functionName: "retrieve", dimension: dimensionOf(field) };
  const context = { ...facts, purpose: "search", params: {}, vectorType: "FloatVector", signal } as const;
  const [vector] = await vectorOf([query], context);
  if (vector === undefined) throw invalidParameter("embed of retrieve has made no vector");
  return Array.from(vector);
}

/** The model may have given anything. */
function readInput(given: unknown): RetrieveInput {
  const { query, limit } = Object(given) as RetrieveInput;
  if (typeof query !== "string" || query.trim() === "") throw invalidParameter("retrieve takes a query, a text");
  if (limit === undefined || (Number.isInteger(limit) && limit > 0)) return { query, ...(limit && { limit }) };
  throw invalidParameter("the limit of retrieve is a positive integer");
}

function shownFields({ fields, enableDynamicField }: CollectionDescription): string[] {
  const shown = fields.filter(({ type, isFunctionOutput }) => !type.endsWith("Vector") && isFunctionOutput !== true);
  return [...shown.map(({ name }) => name), ...(enableDynamicField ? ["$meta"] : [])];
}

/** Results of tools are sent as JSON, which has no integers of 64 bits: they become text. */
function passageOf({ id, distance: score, ...fields }: SearchRow, key: string): Passage {
  delete (fields as Record<string, unknown>)[key];
  const plain = JSON.stringify(fields, (_, value) => (typeof value === "bigint" ? String(value) : value));
  return { id: typeof id === "bigint" ? String(id) : id, score, fields: JSON.parse(plain) };
}
