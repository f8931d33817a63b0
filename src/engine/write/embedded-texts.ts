import { failure } from "../../errors.js";
import type { Collection } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import { bytesPerVector, type FieldSchema } from "../model/schema.js";
import { atOnce } from "../model/types/faults.js";
import { denseType } from "../model/types/table.js";

/** Whose texts are embedded. */
export interface EmbeddedField {
  readonly collection: Collection;
  readonly function: FunctionSchema;
  /** The output of the function. */
  readonly field: FieldSchema;
}

/**
 * Vectors that a model has made of texts while a call runs. Models answer later: what needs a vector that is not there yet
 * throws `TextsWanted` before it has changed anything, and is done anew when the vectors have come.
 */
export class EmbeddedTexts {
  readonly #vectors = new Map<string, Map<string, Uint8Array>>();

  /**
   * The stored vectors of texts.
   *
   * @throws TextsWanted when some are missing
   */
  of(source: EmbeddedField, texts: readonly string[], purpose: "insert" | "search"): readonly Uint8Array[] {
    const known = this.#vectors.get(keyOf(source));
    const missing = new Set(texts.filter((text) => known?.has(text) !== true));
    if (missing.size > 0) throw new TextsWanted(source, [...missing], purpose);
    return texts.map((text) => known?.get(text) as Uint8Array);
  }

  /**
   * @param vectors one per text, of the dimension of the field
   * @throws FunctionResult for elements that the field cannot hold
   */
  add(source: EmbeddedField, texts: readonly string[], vectors: readonly ArrayLike<number>[]): void {
    const { field } = source;
    const size = bytesPerVector(field);
    const bytes = new Uint8Array(size * texts.length);
    const write = denseType(field.type).codec.writer(bytes, { field, timeZone: undefined, late: atOnce });
    try {
      vectors.forEach(write);
    } catch (error) {
      throw failure("FunctionResult", { function: "embed", text: (error as Error).message }, error);
    }
    const key = keyOf(source);
    const known = this.#vectors.get(key) ?? new Map<string, Uint8Array>();
    this.#vectors.set(key, known);
    for (const [i, text] of texts.entries()) known.set(text, bytes.subarray(i * size, (i + 1) * size));
  }
}

/** Texts must be embedded first; nothing has happened. */
export class TextsWanted extends Error {
  readonly source: EmbeddedField;
  /** Each once. */
  readonly texts: readonly string[];
  readonly purpose: "insert" | "search";

  /** @throws InvalidParameter for an empty text, which no model can embed */
  constructor(source: EmbeddedField, texts: readonly string[], purpose: "insert" | "search") {
    super("texts must be embedded first");
    if (texts.includes("")) {
      throw failure("InvalidParameter", {
        text: "There is an empty string in the input data, TextEmbedding function does not support empty text",
      });
    }
    this.source = source;
    this.texts = texts;
    this.purpose = purpose;
  }
}

function keyOf({ collection, field }: EmbeddedField): string {
  return `${collection.id} ${field.id}`;
}
