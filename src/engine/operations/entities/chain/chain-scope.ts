import { invalidParameter } from "../../../../errors.js";
import type { DataType } from "../../../model/data-type.js";
import { type CollectionSchema, fieldByName, primaryField } from "../../../model/schema.js";
import { type ColumnSource, KEY_COLUMN, SCORE_COLUMN } from "../../../query/chain/hit-columns.js";
import { fieldKey } from "../../../query/group-key.js";

/** A column that an operation reads, and of which type its values are. */
export interface ChainColumn {
  readonly name: string;
  readonly source: ColumnSource;
  readonly type: DataType;
}

const READABLE: readonly DataType[] = [
  "Bool",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "Timestamptz",
  "Float",
  "Double",
  "VarChar",
  "Text",
];

/** The names that the operations of a chain may read, in the order in which they come into being. */
export class ChainScope {
  readonly #schema: CollectionSchema;
  readonly #written = new Map<string, DataType>([[SCORE_COLUMN, "Float"]]);

  constructor(schema: CollectionSchema) {
    this.#schema = schema;
  }

  /** @param op its number, for messages */
  input(name: string, op: number): ChainColumn {
    const quoted = JSON.stringify(name);
    const written = this.#written.get(name);
    if (written !== undefined) return { name, source: name, type: written };
    if (name === KEY_COLUMN) return { name, source: name, type: primaryField(this.#schema).type };
    if (name.startsWith("$")) {
      throw invalidParameter(
        `op[${op}] input ${quoted}: system input ${quoted} is not supported by L2 rerank function chain`,
      );
    }
    const field = fieldByName(this.#schema, name);
    if (field === undefined) {
      throw invalidParameter(`function chain input ${quoted} is neither a previous output nor a collection field`);
    }
    if (!READABLE.includes(field.type)) {
      throw invalidParameter(`function chain input ${quoted} has unsupported field type ${field.type}`);
    }
    return { name, source: fieldKey(field), type: field.type };
  }

  /** Every function makes float32 values. */
  output(name: string, op: number): string {
    if (name.startsWith("$") && name !== SCORE_COLUMN) {
      const quoted = JSON.stringify(name);
      throw invalidParameter(
        `op[${op}] output ${quoted}: system output ${quoted} is not writable by L2 rerank function chain`,
      );
    }
    this.#written.set(name, "Float");
    return name;
  }
}
