import type { CollectionDescription } from "../engine/contract/collections.js";
import type { FieldDescription, StructDescription } from "../engine/contract/fields.js";
import type { KeyValue } from "../engine/contract/request.js";
import { parameterText } from "../values/parameter-text.js";
import { type Calls, differentField, type Found, type Named } from "./compare-fields.js";
import { elementName, indexOf, structDefinitionOf } from "./schema.js";
import type { StructArray } from "./struct-arrays.js";

const CAPACITY = "max_capacity";

/** A struct array that a collection has not. It comes with the indexes of its fields. */
export function missingStruct(name: string, struct: StructArray): Found {
  const definition = structDefinitionOf(name, struct);
  const indexParams = Object.entries(struct.fields).flatMap(
    ([inner, field]) => indexOf(elementName(name, inner), field) ?? [],
  );
  const add = async (db: Calls, named: Named): Promise<unknown> => {
    await db.collections.structFields.add<typeof definition>({ ...named, schema: definition });
    return indexParams.length > 0 && db.indexes.create({ ...named, indexParams });
  };
  const addable = definition.nullable === true;
  const why = addable ? "" : ", and can only be added where it is nullable";
  return { field: name, text: `${name} is missing${why}`, addable, ...(addable && { add }) };
}

/** What a collection has in place of one struct array of its schema. */
export function differentStruct(
  name: string,
  struct: StructArray,
  there: StructDescription,
  stored: CollectionDescription,
  indexTypes: ReadonlyMap<string, string>,
): Found[] {
  const found: Found[] = [];
  const { nullable = false, typeParams } = struct.parts.definition;
  if (there.nullable !== nullable) {
    found.push({ field: name, text: `nullable of ${name} is ${there.nullable}, not ${nullable}`, addable: false });
  }
  const capacity = parameterText(typeParams?.[CAPACITY]);
  // Some clients say it of each field.
  const known = capacityOf(there.params) ?? capacityOf(there.fields[0]?.params);
  if (known !== capacity) {
    const larger = Number(capacity) > Number(known);
    const add = (db: Calls, named: Named): Promise<unknown> =>
      db.collections.fields.alterProperties({ ...named, fieldName: name, fieldParams: { [CAPACITY]: capacity } });
    found.push({
      field: name,
      text: `${CAPACITY} of ${name} is ${known ?? "none"}, not ${capacity}`,
      addable: larger,
      ...(larger && { add }),
    });
  }
  const inner = new Map(there.fields.map((field) => [field.name, elementDescription(field)]));
  for (const [own, field] of Object.entries(struct.fields)) {
    const full = elementName(name, own);
    const description = inner.get(own);
    inner.delete(own);
    if (description !== undefined) found.push(...differentField(full, field, description, stored, indexTypes));
    else
      found.push({ field: full, text: `${full} is missing, and elements cannot be given more fields`, addable: false });
  }
  for (const own of inner.keys()) {
    const full = elementName(name, own);
    found.push({ field: full, text: `${full} is not in the schema, and elements must have it`, addable: false });
  }
  return found;
}

function capacityOf(params: readonly KeyValue[] | undefined): string | undefined {
  return params?.find(({ key }) => key === CAPACITY)?.value;
}

/** What one element has in a field: the lists of a struct are described. */
function elementDescription({ elementType, params = [], ...field }: FieldDescription): FieldDescription {
  return {
    ...field,
    type: elementType ?? field.type,
    nullable: false,
    params: params.filter(({ key }) => key !== CAPACITY),
  };
}
