import { failure } from "../../errors.js";
import type { Embed, Embedder, Embedders, EmbedFacts } from "./application-functions.js";

/**
 * The model that makes the vectors of a field.
 *
 * @throws EmbedModelDiffers where none is there for it, or another one than the schema names
 */
export function embedFor(embedders: Embedders, facts: EmbedFacts): Embed {
  if (typeof embedders === "function") return embedders;
  if (isEmbedder(embedders)) return checked(embedders, facts);
  const { collectionName, fieldName } = facts;
  const names = [`${collectionName}.${fieldName}`, fieldName, modelOf(facts)];
  const name = names.find((one) => one !== undefined && Object.hasOwn(embedders, one));
  const found = name === undefined ? undefined : embedders[name];
  if (found === undefined) {
    const known = Object.entries(embedders).map(([key, one]) => (typeof one === "function" ? key : one.model));
    throw differs(facts, `there is ${known.length === 0 ? "none" : known.join(", ")}`);
  }
  return typeof found === "function" ? found : checked(found, facts);
}

/** Whether it can be a model, or several. */
export function areEmbedders(value: unknown): value is Embedders {
  if (typeof value === "function" || isEmbedder(value)) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "function" || isEmbedder(one));
}

function isEmbedder(value: unknown): value is Embedder {
  const { embed, model, dimension } = Object(value) as Partial<Record<keyof Embedder, unknown>>;
  return (
    typeof value === "object" &&
    typeof embed === "function" &&
    typeof model === "string" &&
    (dimension === undefined || typeof dimension === "number")
  );
}

function checked({ model, dimension, embed }: Embedder, facts: EmbedFacts): Embed {
  const wanted = modelOf(facts);
  if (wanted !== undefined && wanted !== model) throw differs(facts, `there is ${model}`);
  if (dimension === undefined || dimension === facts.dimension) return embed;
  throw differs(facts, `${model} has the dimension ${dimension}, the field ${facts.dimension}`);
}

function modelOf({ params }: EmbedFacts): string | undefined {
  return params["model_name"];
}

function differs(facts: EmbedFacts, text: string): Error {
  const { collectionName: collection, fieldName: field } = facts;
  return failure("EmbedModelDiffers", { collection, field, model: modelOf(facts) ?? "none", text });
}
