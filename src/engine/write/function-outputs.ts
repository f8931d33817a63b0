import { failure } from "../../errors.js";
import { termVector } from "../../text/term-vector.js";
import type { SqlValue } from "../entities/batch.js";
import { fieldAnalyzer } from "../model/text-analyzers.js";
import type { BatchBuilder } from "./batch-builder.js";

/** Fields that the engine computes when a row is written. */

/** @throws what a field that must not be given is refused with */
export function functionOutputGiven(): Error {
  return failure("InvalidParameter", { text: "attempt to insert bm25 function output field" });
}

/** Computes the outputs of all functions, of whole rows: an upsert that changes a text changes what is made of it. */
export function computeOutputs(builder: BatchBuilder): void {
  for (const { inputFieldNames, outputFieldNames } of builder.functions) {
    const input = builder.scalars.find(({ field }) => field.name === inputFieldNames[0]);
    const output = builder.vectors.find(({ field }) => field.name === outputFieldNames[0]);
    if (input === undefined || output === undefined) throw new Error("a function without its fields");
    const analyzer = fieldAnalyzer(input.field.params["analyzer_params"]);
    for (let row = 0; row < builder.count; row++) {
      const text = input.values[row] as SqlValue;
      // A null text has no words; the row counts all the same.
      output.keep(termVector(text === null ? [] : analyzer.words(String(text))), row);
    }
  }
}
