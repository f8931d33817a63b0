import type { CollectionDescription } from "../engine/contract/collections.js";
import type { FieldDescription } from "../engine/contract/fields.js";
import { type Calls, differentField, type Found, type Named } from "./compare-fields.js";
import { differentStruct, missingStruct } from "./compare-structs.js";
import type { AnyField } from "./fields.js";
import { definitionOf, functionOf, indexOf, type Schema } from "./schema.js";
import { StructArray } from "./struct-arrays.js";

/**
 * Compares a collection with its schema. Fields that the schema does not know are no difference unless a row must have them.
 *
 * @param indexTypes of its indexes, by their fields
 */
export function differencesOf(
  schema: Schema,
  stored: CollectionDescription,
  indexTypes: ReadonlyMap<string, string>,
): readonly Found[] {
  const found: Found[] = [];
  const { structFields: structs = [] } = stored;
  const wanted = schema.options.dynamic ?? false;
  if (stored.enableDynamicField !== wanted) {
    found.push({
      text: `rows ${wanted ? "may" : "may not"} have other keys (dynamic)`,
      addable: wanted,
      ...(wanted && {
        add: (db: Calls, named: Named) =>
          db.collections.alterProperties({ ...named, properties: { "dynamicfield.enabled": true } }),
      }),
    });
  }
  for (const [name, field] of Object.entries(schema.fields)) {
    found.push(...differentOne(name, field, stored, indexTypes));
  }
  const demanded = [...stored.fields.filter(isDemanded), ...structs.filter(({ nullable }) => !nullable)];
  for (const { name } of demanded) {
    if (Object.hasOwn(schema.fields, name)) continue;
    found.push({ field: name, text: `${name} is not in the schema, and rows must have it`, addable: false });
  }
  return found;
}

function differentOne(
  name: string,
  field: AnyField | StructArray,
  stored: CollectionDescription,
  indexTypes: ReadonlyMap<string, string>,
): Found[] {
  const plain = stored.fields.find((one) => one.name === name);
  const struct = stored.structFields?.find((one) => one.name === name);
  const other = (there: string, asked: string): Found[] => [
    { field: name, text: `${name} is ${there}, not ${asked}`, addable: false },
  ];
  if (StructArray.is(field)) {
    if (struct !== undefined) return differentStruct(name, field, struct, stored, indexTypes);
    return plain === undefined ? [missingStruct(name, field)] : other(plain.type, "ArrayOfStruct");
  }
  if (plain !== undefined) return differentField(name, field, plain, stored, indexTypes);
  return struct === undefined ? [missingField(name, field)] : other(struct.type, field.parts.definition.dataType);
}

function isDemanded(field: FieldDescription): boolean {
  return !field.nullable && field.defaultValue === undefined && !field.autoId && field.isFunctionOutput !== true;
}

function missingField(name: string, field: AnyField): Found {
  const definition = definitionOf(name, field);
  const made = functionOf(name, field);
  const indexParams = indexOf(name, field);
  const index = indexParams === undefined ? {} : { indexParams };
  const add = (db: Calls, named: Named): Promise<unknown> =>
    made === undefined
      ? db.collections.fields.add({ ...named, schema: definition, ...index })
      : db.collections.addFunctionField({ ...named, function: made, outputField: definition, ...index });
  const addable = made !== undefined || definition.nullable === true;
  const why = addable ? "" : ", and can only be added where it is nullable";
  return { field: name, text: `${name} is missing${why}`, addable, ...(addable && { add }) };
}
