import { failure } from "../../errors.js";
import type { EncodedBatch, StoredRow } from "../entities/batch.js";
import type { KeyValue } from "../entities/find-rows.js";
import type { Collection } from "../model/collection.js";
import { isOn } from "../model/types/parameters.js";
import { ALLOW_INSERT_AUTO_ID_PROPERTY } from "../model/validate-properties.js";
import type { ArrayChanges } from "./array-changes.js";
import type { BatchBuilder } from "./batch-builder.js";
import type { EmbeddedTexts } from "./embedded-texts.js";
import { computeOutputs } from "./function-outputs.js";

export interface EncodeOptions {
  readonly operation: "insert" | "upsert";
  /** Partial upsert: the stored row of a key, if there is one. */
  readonly existing?: (key: KeyValue) => StoredRow | undefined;
  /** Partial upsert: arrays that are changed and not replaced. */
  readonly changes?: ArrayChanges;
  /** What models have made of the texts of the batch. */
  readonly embedded: EmbeddedTexts;
}

/** A batch that is all right, but for the keys that the transaction draws. */
export interface PreparedBatch {
  readonly batch: EncodedBatch;
  /** Positions whose key is to be drawn, ascending. */
  readonly keyless: readonly number[];
  /** Upsert with auto ids: the keys of the rows that are replaced. They do not stay: each row gets a fresh one. */
  readonly replaced: readonly KeyValue[];
}

/** Whether the rows of an operation may bring keys although the collection draws them. */
export function keysMayBeGiven(collection: Collection, { operation }: Pick<EncodeOptions, "operation">): boolean {
  return operation === "upsert" || isOn(collection.properties[ALLOW_INSERT_AUTO_ID_PROPERTY]);
}

/**
 * Ends the encoding of a batch.
 *
 * @param keyless positions whose key was not given
 * @throws InvalidParameter (1100) for a key that an upsert names twice, TextsWanted, and what was told late
 */
export function prepared(builder: BatchBuilder, keyless: readonly number[], options: EncodeOptions): PreparedBatch {
  const { key, count } = builder;
  if (options.operation === "insert") {
    computeOutputs(builder, options.embedded);
    return { batch: builder.finish(), keyless, replaced: [] };
  }
  const named = key.values as readonly KeyValue[];
  if (new Set(named).size < count) {
    throw failure("InvalidParameter", { text: "duplicate primary keys are not allowed in the same batch" });
  }
  computeOutputs(builder, options.embedded);
  const batch = builder.finish();
  if (!key.field.autoId) return { batch, keyless, replaced: [] };
  return { batch, keyless: Array.from(named, (_, position) => position), replaced: [...named] };
}
