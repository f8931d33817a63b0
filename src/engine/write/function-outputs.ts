import { failure } from "../../errors.js";
import { termVector } from "../../text/term-vector.js";
import type { SqlValue, StoredRow } from "../entities/batch.js";
import type { Collection } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import { minHashOf } from "../model/minhash-params.js";
import { dimensionOf } from "../model/schema.js";
import { fieldAnalyzers } from "../model/text-analyzers.js";
import { isOn } from "../model/types/parameters.js";
import { ALLOW_FUNCTION_OUTPUTS_PROPERTY } from "../model/validate-properties.js";
import type { BatchBuilder, ComputedSlot } from "./batch-builder.js";
import type { EmbeddedTexts } from "./embedded-texts.js";

/** Fields that are computed when a row is written. */

/** Whether a caller may bring what a function would compute: vectors of a model, never those of BM25. */
export function outputMayBeGiven({ properties }: Collection, { type }: FunctionSchema): boolean {
  return type !== "BM25" && isOn(properties[ALLOW_FUNCTION_OUTPUTS_PROPERTY]);
}

/** What a field that must not be given is refused with. */
export function functionOutputGiven({ type }: FunctionSchema): Error {
  return failure("InvalidParameter", {
    text:
      type === "BM25"
        ? "attempt to insert bm25 function output field"
        : `Insert data has function output field, but collection's property \`${ALLOW_FUNCTION_OUTPUTS_PROPERTY}\` is not enable`,
  });
}

/** Of a partial row that leaves the text alone, what was made of it stays; BM25 counts anew, which costs nothing. */
export function keepStoredOutput({ function: made, output, filled }: ComputedSlot, base: StoredRow, row: number): void {
  const stored = base.vectors.get(output.field.id);
  if (made.type === "BM25" || stored === undefined || stored === null) return;
  output.keep(stored, row);
  filled[row] = 1;
}

/**
 * Computes the outputs of all functions, of whole rows: an upsert that changes a text changes what is made of it.
 *
 * @throws TextsWanted when a model must be asked first
 */
export function computeOutputs(builder: BatchBuilder, embedded: EmbeddedTexts): void {
  for (const slot of builder.computed) {
    switch (slot.function.type) {
      case "BM25":
        countTerms(builder, slot);
        break;
      case "MinHash":
        sign(builder, slot);
        break;
      case "TextEmbedding":
        takeEmbeddings(builder, slot, embedded);
    }
  }
}

function countTerms({ count, scalars }: BatchBuilder, { input, output }: ComputedSlot): void {
  const analyzers = fieldAnalyzers(input.field);
  const names = scalars.find(({ field }) => field.name === analyzers.byField)?.values;
  for (let row = 0; row < count; row++) {
    const text = input.values[row] as SqlValue;
    const analyzer = analyzers.named(names?.[row] as string | null | undefined);
    // A null text has no words; the row counts all the same.
    output.keep(termVector(text === null ? [] : analyzer.words(String(text))), row);
  }
}

function sign({ count }: BatchBuilder, { function: made, input, output, filled }: ComputedSlot): void {
  const analyzer = fieldAnalyzers(input.field).named();
  const minHash = minHashOf(made.params, dimensionOf(output.field));
  for (let row = 0; row < count; row++) {
    if (filled[row] !== 0) continue;
    const text = input.values[row] as SqlValue;
    output.keep(minHash.signature(text === null ? null : String(text), analyzer), row);
  }
}

function takeEmbeddings(builder: BatchBuilder, slot: ComputedSlot, embedded: EmbeddedTexts): void {
  const { input, output, filled } = slot;
  const rows = Array.from(filled.keys()).filter((row) => filled[row] === 0);
  if (rows.length === 0) return;
  // No model is asked for a batch that will be refused.
  builder.checkLate();
  const texts = rows.map((row) => String(input.values[row]));
  const source = { collection: builder.collection, function: slot.function, field: output.field };
  const vectors = embedded.of(source, texts, "insert");
  for (const [i, row] of rows.entries()) output.keep(vectors[i] as Uint8Array, row);
}
