import { createHash } from "node:crypto";
import { failure } from "../../errors.js";
import type { Dialect, FilterType, ResolvedField, ResolvedStruct, Scope } from "../../expr/check/scope.js";
import { longIntegers, planFilter } from "../../expr/index.js";
import { BoundedMap } from "../../values/bounded-map.js";
import { jsonText } from "../../values/json-text.js";
import { SeenLately } from "../../values/seen-lately.js";
import { ShortNames } from "../../values/short-names.js";
import type { Collection } from "../model/collection.js";
import { MAX_TEMPLATE_VALUES } from "../model/limits.js";
import { type CollectionSchema, DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../model/schema.js";
import { fieldsOfStruct, splitSubField } from "../model/structs.js";
import { isOn } from "../model/types/parameters.js";
import { entityTable, fieldColumn, META_COLUMN } from "./columns.js";
import { CompiledFilter } from "./compiled-filter.js";
import { indexedPath } from "./indexed-path.js";

export type FilterUse = "query" | "delete";

const MAX_ENTRIES = 512;
/** Characters of all texts together: a compiled filter takes some dozen times as many bytes. */
const MAX_TEXTS = 1_000_000;
/** Longer texts are compiled anew: keeping them would cost more memory than time is won. */
const MAX_TEXT = 64 * 1024;

interface Kept {
  readonly filter: CompiledFilter;
  /** Of its text and its template values. */
  readonly characters: number;
}

/** Compiled filters by collection, schema version, text and template values. */
export class FilterCache {
  readonly #compiled = new BoundedMap<string, Kept>({
    entries: MAX_ENTRIES,
    weight: MAX_TEXTS,
    weigh: ({ filter, characters }, key) => key.length + characters + filter.plan.memberBytes,
  });
  readonly #names = new ShortNames();
  /** Most filters with values of their own come once. */
  readonly #seen = new SeenLately();
  readonly #scopes = new WeakMap<Collection, Scope>();
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * @param timeZone of points in time that name none; undefined: that of the collection
   * @throws InvalidExpression, NotAPredicate
   */
  compile(
    collection: Collection,
    text: string,
    values: Readonly<Record<string, unknown>> | undefined,
    use: FilterUse,
    timeZone?: string,
  ): CompiledFilter {
    const parameters = values === undefined ? "" : templateText(values, this.#names);
    const given =
      parameters === "" ? "" : this.#names.of(parameters.length > MAX_TEXT ? digestOf(parameters) : parameters);
    const key = `${collection.id} ${collection.schemaVersion} ${collection.indexes.length} ${use} ${timeZone ?? ""} ${this.#names.of(text)}\u0000${given}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known.filter;
    const scope = this.#scope(collection);
    const plan = planFilter(text, timeZone === undefined ? scope : { ...scope, timeZone }, values, use);
    const table = entityTable(collection.id);
    const filter = new CompiledFilter(plan, table, key);
    const characters = text.length + parameters.length;
    if (characters <= MAX_TEXT && this.#seen.note(key)) this.#compiled.set(key, { filter, characters });
    return filter;
  }

  #scope(collection: Collection): Scope {
    const known = this.#scopes.get(collection);
    if (known !== undefined) return known;
    const scope = scopeOf(collection, this.#dialect);
    this.#scopes.set(collection, scope);
    return scope;
  }
}

/**
 * Template values as text, bytes as their digest, long lists of integers as their name. In process values may hold what JSON cannot say.
 *
 * @throws InvalidParameter
 */
function templateText(values: Readonly<Record<string, unknown>>, names: ShortNames): string {
  const plain: Record<string, unknown> = Object.create(null);
  let count = 0;
  let others = "";
  for (const [name, value] of Object.entries(values)) {
    const integers = Array.isArray(value) && value.length <= MAX_TEMPLATE_VALUES ? longIntegers(value) : undefined;
    const other =
      value instanceof Uint8Array ? digestOf(value) : integers === undefined ? undefined : nameOf(integers, names);
    if (integers !== undefined) count += 1 + integers.length;
    // Behind a character that JSON has not.
    if (other === undefined) plain[name] = value;
    else others += `\u0001${JSON.stringify(name)}${other}`;
  }
  if (count + countValues(Object.values(plain), MAX_TEMPLATE_VALUES) > MAX_TEMPLATE_VALUES) {
    throw failure("InvalidParameter", { text: `exprParams: more than ${MAX_TEMPLATE_VALUES} values` });
  }
  try {
    return jsonText(plain) + others;
  } catch (error) {
    throw failure("InvalidParameter", { text: `exprParams: ${(error as Error).message}` }, error);
  }
}

/** The values of lists, those of lists in them each; counted up to one more than `most`, however often a list is in others. */
function countValues(list: readonly unknown[], most: number): number {
  let count = 0;
  for (let i = 0; i < list.length && count <= most; i++) {
    const value = list[i];
    count += 1 + (Array.isArray(value) ? countValues(value, most - count) : 0);
  }
  return count;
}

function nameOf(integers: Float64Array, names: ShortNames): string {
  return integers.byteLength > MAX_TEXT ? `:${digestOf(new Uint8Array(integers.buffer))}` : names.ofNumbers(integers);
}

/** Names what is too long to be kept as a key. */
function digestOf(value: string | Uint8Array): string {
  return createHash("sha256").update(value).digest("base64");
}

function scopeOf(collection: Collection, dialect: Dialect): Scope {
  const { schema } = collection;
  const dynamicField: ResolvedField | undefined = schema.dynamic
    ? {
        name: DYNAMIC_FIELD,
        type: "JSON",
        column: META_COLUMN,
        nullable: false,
        primaryKey: false,
        dynamic: true,
        enableMatch: false,
      }
    : undefined;
  const timeZone = collection.properties["timezone"];
  const structs = new Map(schema.structs.map(({ name }) => [name, resolvedStruct(schema, name)]));
  const fields = new Map<string, ResolvedField>();
  return {
    dialect,
    struct: (name) => structs.get(name),
    resolve(name) {
      if (name === DYNAMIC_FIELD) return dynamicField;
      const known = fields.get(name);
      if (known !== undefined) return known;
      const field = fieldByName(schema, name);
      if (field === undefined) return undefined;
      const made = resolved(field);
      fields.set(name, made);
      return made;
    },
    dynamicField,
    ...(timeZone === undefined ? {} : { timeZone }),
    indexedPaths: collection.indexes.flatMap((index) => indexedPath(collection, index) ?? []),
  };
}

function resolvedStruct(schema: CollectionSchema, name: string): ResolvedStruct {
  const fields = fieldsOfStruct(schema, name).map((field): [string, ResolvedField] => [
    splitSubField(field.name)?.field ?? field.name,
    resolved(field),
  ]);
  return { name, fields: new Map(fields) };
}

function resolved(field: FieldSchema): ResolvedField {
  return {
    name: field.name,
    type: field.type as FilterType,
    ...(field.elementType === undefined ? {} : { elementType: field.elementType }),
    column: fieldColumn(field.id),
    nullable: field.nullable,
    primaryKey: field.primaryKey,
    dynamic: false,
    enableMatch: isOn(field.params["enable_match"]) && isOn(field.params["enable_analyzer"]),
    ...(field.params["analyzer_params"] === undefined ? {} : { analyzerParams: field.params["analyzer_params"] }),
  };
}
