import type { OperationPath } from "../engine/contract/table.js";

/** Lists that a server leaves out, or says to be null, when they are empty. */
const LISTS: { readonly [Path in OperationPath]?: readonly string[] } = {
  "collections/describe": ["aliases", "properties", "functions", "fields", "indexes"],
  "databases/describe": ["properties"],
};

/** The data of an answer in the form of the contract: servers say less of what is empty. */
export function plainData(path: string, data: unknown): unknown {
  if (data === undefined || data === null) return path.endsWith("/list") ? [] : {};
  const lists = LISTS[path as OperationPath] ?? [];
  if (lists.length === 0) return data;
  return { ...Object.fromEntries(lists.map((name) => [name, []])), ...withoutNulls(data as object) };
}

function withoutNulls(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
