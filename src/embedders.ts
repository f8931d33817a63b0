import type { Embedder } from "./engine/index.js";

/** Models as `functions.embed` takes them, of what applications have them from; none of it is a dependency. */

export interface OpenAiOptions {
  readonly model: string;
  /** Vectors of so many numbers, of models that can do so. Default: as the model makes them. */
  readonly dimension?: number;
  readonly apiKey?: string;
  /** Default: `https://api.openai.com/v1`. Ollama, llama.cpp, LM Studio, vLLM and others have such an endpoint too. */
  readonly baseUrl?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: that of the runtime. */
  readonly fetch?: typeof fetch;
}

/** A model behind an endpoint that is compatible with OpenAI's: `POST <baseUrl>/embeddings`. */
export function openAiEmbedder(options: OpenAiOptions): Embedder {
  const { model, dimension, apiKey, headers, fetch: ask = fetch } = options;
  const url = `${(options.baseUrl ?? "https://api.openai.com/v1").replace(/\/+$/, "")}/embeddings`;
  return {
    model,
    ...(dimension !== undefined && { dimension }),
    async embed(input, { signal }) {
      const request: RequestInit = {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
          ...headers,
        },
        body: JSON.stringify({ model, input, ...(dimension !== undefined && { dimensions: dimension }) }),
        signal,
      };
      const response = await ask(url, request).catch((error: Error) => {
        const { message = error.message } = Object(error.cause) as Partial<Error>;
        throw new Error(`${url} cannot be reached: ${message}`, { cause: error });
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
      const embeddings = embeddingsIn(text);
      if (embeddings === undefined)
        throw new Error(`${url} answers what is no list of embeddings: ${text.slice(0, 200)}`);
      return embeddings;
    },
  };
}

/** In the order of the texts; undefined for another answer. */
function embeddingsIn(text: string): readonly number[][] | undefined {
  let answer: { readonly data?: unknown } | null;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const data = answer?.data;
  if (!Array.isArray(data) || !data.every((one) => Array.isArray(one?.embedding))) return undefined;
  return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
}

/** `embedMany` of the AI SDK. */
type EmbedMany<Model> = (request: {
  readonly model: Model;
  readonly values: string[];
  readonly abortSignal?: AbortSignal;
}) => Promise<{ readonly embeddings: readonly (readonly number[])[] }>;

/** A model of the AI SDK: `aiSdkEmbedder(embedMany, openai.embedding("text-embedding-3-small"))`. */
export function aiSdkEmbedder<Model extends string | { readonly modelId: string }>(
  embedMany: EmbedMany<Model>,
  model: Model,
): Embedder {
  return {
    model: typeof model === "string" ? model : model.modelId,
    async embed(texts, { signal }) {
      return (await embedMany({ model, values: [...texts], abortSignal: signal })).embeddings;
    },
  };
}

/** A pipeline of transformers.js for `feature-extraction`. */
type Extractor = (
  texts: string[],
  options: { readonly pooling: "mean" | "cls" | "none"; readonly normalize: boolean },
) => Promise<{ readonly dims: readonly number[]; readonly data: ArrayLike<number> }>;

export interface TransformersOptions {
  /** Its name in the schema. */
  readonly model: string;
  /** Default `mean`. */
  readonly pooling?: "mean" | "cls";
  /** Default true. */
  readonly normalize?: boolean;
  /** What the model wants in front of texts: `{ insert: "passage: ", search: "query: " }`. */
  readonly prefixes?: { readonly insert: string; readonly search: string };
}

/** A pipeline of transformers.js: `transformersEmbedder(await pipeline("feature-extraction", name), { model: name })`. */
export function transformersEmbedder(extractor: Extractor, options: TransformersOptions): Embedder {
  const { model, pooling = "mean", normalize = true, prefixes } = options;
  return {
    model,
    async embed(texts, { purpose }) {
      const prefix = prefixes?.[purpose] ?? "";
      const { dims, data } = await extractor(
        texts.map((text) => prefix + text),
        { pooling, normalize },
      );
      const width = dims.at(-1) ?? 0;
      return texts.map((_, i) => Array.from({ length: width }, (_, j) => data[i * width + j] as number));
    },
  };
}
