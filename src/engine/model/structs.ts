/**
 * Structs of a schema: lists of elements that have the same fields. What an element holds in one field lies in a field of its
 * own, `struct[field]`, with the values of all elements of a row: a struct is a name for some of them, which have one length
 * in each row and are null together.
 */
export interface StructSchema {
  /** One less than that of its first field. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly nullable: boolean;
  /** As given; the capacity is told by the fields too. */
  readonly params: Readonly<Record<string, string>>;
}

interface Named {
  readonly name: string;
}

/** The name under which a field of a struct is known to filters, indexes and searches. */
export function subFieldName(struct: string, field: string): string {
  return `${struct}[${field}]`;
}

/** No other field can have a name with a bracket in it. */
const SUB_FIELD = /^([^[\]]+)\[([^[\]]+)\]$/;

/** The parts of the name of a field of a struct. */
export function splitSubField(name: string): { readonly struct: string; readonly field: string } | undefined {
  const [, struct, field] = SUB_FIELD.exec(name) ?? [];
  return struct === undefined || field === undefined ? undefined : { struct, field };
}

/** The struct that a field belongs to. */
export function structOf(field: Named): string | undefined {
  return splitSubField(field.name)?.struct;
}

export function structByName(
  { structs }: { readonly structs: readonly StructSchema[] },
  name: string,
): StructSchema | undefined {
  return structs.find((struct) => struct.name === name);
}

/** The fields of a struct, in their order. */
export function fieldsOfStruct<Field extends Named>(
  { fields }: { readonly fields: readonly Field[] },
  struct: string,
): readonly Field[] {
  return fields.filter((field) => structOf(field) === struct);
}

/** The fields that belong to no struct. */
export function plainFields<Field extends Named>(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => structOf(field) === undefined);
}

/** What a schema counts against its limit: a struct is one more than its fields. */
export function fieldCount({
  fields,
  structs,
}: {
  readonly fields: readonly unknown[];
  readonly structs: readonly unknown[];
}): number {
  return fields.length + structs.length;
}
