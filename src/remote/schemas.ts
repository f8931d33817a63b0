import type { CollectionDescription } from "../engine/contract/collections.js";
import type { FieldDescription } from "../engine/contract/fields.js";
import type { DataType, ItemType } from "../engine/model/data-type.js";
import type { TypedField } from "../engine/model/types/field-type.js";
import { FIELD_TYPES } from "../engine/model/types/table.js";
import { type ErrorKind, isElanusError } from "../errors.js";
import { BoundedMap } from "../values/bounded-map.js";
import { elapsed } from "../values/clock.js";
import type { CallContext } from "./server.js";

/** A field of a server's collection. */
export interface KnownField extends TypedField {
  readonly id: number;
  readonly primaryKey: boolean;
  readonly nullable: boolean;
  /** A function computes it; rows may come without. */
  readonly computed: boolean;
  /** The struct that it belongs to; `name` is `struct[field]` then. */
  readonly struct?: string;
}

/** What is known of a server's collection: all that it takes to read its rows and to write them. */
export interface KnownSchema {
  /** In their order, those of a struct together. */
  readonly fields: readonly KnownField[];
  readonly byName: ReadonlyMap<string, KnownField>;
  /** The fields of each struct, by their own names. */
  readonly structs: ReadonlyMap<string, ReadonlyMap<string, KnownField>>;
  readonly primary: KnownField | undefined;
  readonly dynamic: boolean;
  readonly timeZone: string | undefined;
}

/** Collections whose schemas are kept. */
const MAX_SCHEMAS = 1000;
/** Others change collections too, and tell nobody: what is known so long is asked for anew. */
const MAX_AGE_MS = 60_000;

interface Asked {
  readonly at: number;
  readonly schema: Promise<KnownSchema>;
}

type Describe = (asked: CollectionName, context: CallContext) => Promise<CollectionDescription>;

/** Schemas of collections as they were when they were last asked for. */
export class Schemas {
  readonly #describe: Describe;
  readonly #known = new BoundedMap<string, Asked>({ entries: MAX_SCHEMAS });

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  /**
   * @returns undefined where the server does not tell: what is asked for then fails there in its own words
   * @throws ServerUnreachable, AnswerUnreadable, Timeout, Canceled
   */
  async of({ dbName, collectionName }: CollectionName, context: CallContext): Promise<KnownSchema | undefined> {
    const key = JSON.stringify([dbName, collectionName]);
    for (;;) {
      const known = this.#known.get(key);
      const isFresh = known !== undefined && elapsed() - known.at < MAX_AGE_MS;
      const asked = isFresh
        ? known
        : this.#ask(key, { collectionName, ...(dbName !== undefined && { dbName }) }, context);
      try {
        return await asked.schema;
      } catch (error) {
        if (this.#known.get(key) === asked) this.#known.delete(key);
        // Whoever asked has given up; that is no reason for others.
        if (isFresh && isUnanswered(error)) continue;
        if (isUnanswered(error)) throw error;
        return undefined;
      }
    }
  }

  #ask(key: string, asked: CollectionName, context: CallContext): Asked {
    const asking = { at: elapsed(), schema: this.#describe(asked, context).then(knownSchema) };
    this.#known.set(key, asking);
    return asking;
  }

  /** All that is known may be wrong now. */
  forget(): void {
    this.#known.clear();
  }
}

const UNANSWERED: readonly ErrorKind[] = ["ServerUnreachable", "AnswerUnreadable", "Timeout", "Canceled"];

function isUnanswered(error: unknown): boolean {
  return UNANSWERED.some((kind) => isElanusError(error, kind));
}

/** Which collection, in which database, where that is said. */
export interface CollectionName {
  readonly collectionName: string;
  readonly dbName?: string;
}

function knownSchema(description: CollectionDescription): KnownSchema {
  const plain = description.fields.map((field) => knownField(field));
  const structs = new Map<string, ReadonlyMap<string, KnownField>>();
  for (const { name, fields } of description.structFields ?? []) {
    structs.set(name, new Map(fields.map((field) => [field.name, knownField(field, name)])));
  }
  const fields = [...plain, ...[...structs.values()].flatMap((inner) => [...inner.values()])];
  return {
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    structs,
    primary: plain.find(({ primaryKey }) => primaryKey),
    dynamic: description.enableDynamicField,
    timeZone: description.properties?.find(({ key }) => key === "timezone")?.value,
  };
}

function knownField(described: FieldDescription, struct?: string): KnownField {
  const { id, name, type, elementType, params = [], primaryKey = false, nullable = false } = described;
  return {
    id,
    name: struct === undefined ? name : `${struct}[${name}]`,
    // What a newer server has is shown as it prints it.
    type: Object.hasOwn(FIELD_TYPES, type) ? (type as DataType) : "JSON",
    ...(elementType !== undefined && { elementType: elementType as ItemType }),
    params: Object.fromEntries(params.map(({ key, value }) => [key, String(value)])),
    primaryKey,
    nullable,
    computed: described.isFunctionOutput === true,
    ...(struct !== undefined && { struct }),
  };
}
