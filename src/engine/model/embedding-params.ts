import { failure, invalidParameter } from "../../errors.js";

/** Services that a server would ask for embeddings. `local` is ours: the application, and nothing else. */
const PROVIDERS: readonly string[] = [
  "openai",
  "azure_openai",
  "dashscope",
  "bedrock",
  "vertexai",
  "voyageai",
  "cohere",
  "siliconflow",
  "tei",
  "zilliz",
  "local",
];

/**
 * Checks the parameters of a TextEmbedding function. Whatever provider they name, it is the application's model that serves
 * it.
 *
 * @param embeds whether there is one
 * @throws InvalidParameter
 */
export function checkEmbeddingParams(params: Readonly<Record<string, string>>, embeds: boolean): void {
  if (Object.keys(params).length === 0) throw invalidParameter("TextEmbedding function accepts no params");
  const name = providerOf(params);
  if (name === undefined)
    throw invalidParameter("the text embedding service provider parameter:[provider] was not found");
  const provider = name.toLowerCase();
  if (!PROVIDERS.includes(provider)) {
    throw invalidParameter(
      `unsupported text embedding service provider: [${name}] , list of supported [${PROVIDERS.join(", ")}]`,
    );
  }
  if (!embeds) throw embeddingDisabled(params);
}

/** What is answered where a text had to be embedded and no model is there. */
export function embeddingDisabled(params: Readonly<Record<string, string>>): Error {
  return failure("EmbedModelMissing", { provider: providerOf(params) ?? "", model: params["model_name"] ?? "" });
}

/** The value of `provider`, in whatever case the key is written. */
function providerOf(params: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(params).find(([key]) => key.toLowerCase() === "provider")?.[1];
}
