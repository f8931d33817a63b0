/** `elanus/ai`: a tool of the AI SDK that looks something up in a collection, and its embedding models as functions. */
import { type EmbeddingModel, embedMany, jsonSchema, type Tool } from "ai";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { SearchRow } from "../../entity-iterators.js";
import { invalidParameter } from "../../errors.js";
import { type Database, primaryField, STRONG, whenLoaded } from "../kit/collection.js";
import { fieldsOf } from "../kit/collection-fields.js";
import { type Filter, translate } from "../kit/filter.js";

export type { Filter };

/** Makes vectors of texts: what `functions.embed` of `Elanus.open` is, too. */
export type Embed = (
  texts: readonly string[],
  context?: { readonly signal?: AbortSignal },
) => Promise<readonly ArrayLike<number>[]>;

export interface EmbedOptions {
  /** How often a call of the model is tried again; default: as the SDK does. */
  readonly maxRetries?: number;
  /** What the provider of the model is told beside the texts. */
  readonly providerOptions?: NonNullable<Parameters<typeof embedMany>[0]["providerOptions"]>;
}

/**
 * An embedding model of the AI SDK as a function over texts:
 * `Elanus.open("app.db", { functions: { embed: embed(openai.embedding("text-embedding-3-small")) } })`.
 */
export function embed(model: EmbeddingModel, options: EmbedOptions = {}): Embed {
  return async (texts, context) => {
    const { embeddings } = await embedMany({
      ...options,
      model,
      values: [...texts],
      ...(context?.signal !== undefined && { abortSignal: context.signal }),
    });
    return embeddings;
  };
}

export interface RetrieveOptions {
  /** An open database, or the view of a user who may read the collection. */
  readonly db: Database;
  readonly collectionName: string;
  /**
   * How a question becomes a vector: a model of the AI SDK or a function over texts. Without it the question is searched as text: the
   * collection makes vectors itself (a function of its schema, BM25 too).
   */
  readonly embed?: Embed | EmbeddingModel;
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
  const { db, collectionName, limit: most = 5, embed: given, filter, vectorField } = options;
  const vectorOf = given === undefined || typeof given === "function" ? given : embed(given);
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
      const [vector] = vectorOf === undefined ? [query] : await vectorOf([query], call);
      const description = await db.collections.describe({ collectionName }, call);
      const key = primaryField(description).name;
      const request = {
        ...STRONG,
        collectionName,
        data: [vector],
        limit: Math.min(limit, most),
        filter: typeof filter === "string" ? filter : translate(filter, fieldsOf(description), `${key} in []`),
        outputFields: options.outputFields ?? shownFields(description),
        ...(vectorField !== undefined && { annsField: vectorField }),
      };
      const hits = await whenLoaded(db, collectionName, () => db.entities.search(request, call));
      return hits.map((hit) => passageOf(hit, key));
    },
  };
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
