// What a filter of the frameworks means, as plainly as possible: the oracle of filter.property.test.ts.

type Value = null | string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RegExp);

/** Empty lists and objects count as nothing, as they do in Milvus; so does what holds nothing but them. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.every(isNothing);
  return isObject(value) && Object.values(value).every(isNothing);
}

export function fulfils(metadata: Value, filter: unknown): boolean {
  return Object.entries(filter as object).every(([key, given]) => {
    if (key === "$and") return (given as unknown[]).every((each) => fulfils(metadata, each));
    if (key === "$or") return (given as unknown[]).some((each) => fulfils(metadata, each));
    if (key === "$nor") return !(given as unknown[]).some((each) => fulfils(metadata, each));
    if (key === "$not") return !fulfils(metadata, given);
    return said(
      key.split(".").reduce<unknown>((value, step) => (isObject(value) ? value[step] : undefined), metadata),
      given,
    );
  });
}

function said(value: unknown, given: unknown): boolean {
  if (Array.isArray(given)) return operated(value, "$in", given);
  if (!isObject(given)) return operated(value, "$eq", given);
  return Object.entries(given).every(([key, each]) => {
    if (key === "$not") return !said(value, each);
    if (key.startsWith("$")) return operated(value, key, each);
    return said(isObject(value) ? value[key] : undefined, each);
  });
}

function operated(value: unknown, operator: string, given: unknown): boolean {
  const same = (one: unknown, other: unknown): boolean => (other === null ? isNothing(one) : one === other);
  const elements = Array.isArray(value) ? value : [];
  switch (operator) {
    case "$eq":
      return same(value, given);
    case "$ne":
      return !same(value, given);
    case "$in":
      return (given as unknown[]).some((each) => same(value, each) || (each !== null && elements.includes(each)));
    case "$nin":
      return !operated(value, "$in", given);
    case "$all":
      return (given as unknown[]).length > 0 && (given as unknown[]).every((each) => elements.includes(each));
    case "$exists":
      return !isNothing(value) === given;
    case "$contains":
      return (
        elements.includes(given) || (typeof value === "string" && typeof given === "string" && value.includes(given))
      );
    case "$regex":
      return typeof value === "string" && new RegExp(given as string, "u").test(value);
    default: {
      if (typeof value !== typeof given || (typeof given !== "number" && typeof given !== "string")) return false;
      const order = typeof given === "number" ? (value as number) - given : compare(value as string, given);
      return { $gt: order > 0, $gte: order >= 0, $lt: order < 0, $lte: order <= 0 }[operator] as boolean;
    }
  }
}

function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
