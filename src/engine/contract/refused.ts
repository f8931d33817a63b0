/**
 * Operations of Milvus that the embedded engine does not have: a client gets 3000, never a 404. An operation leaves this
 * list when it gets its row.
 */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  "jobs/import": ["create", "get_progress", "describe", "commit", "abort"],
};

/** Every refused operation that is known by name. */
export const refusedOperations: readonly string[] = Object.entries(GROUPS).flatMap(([group, actions]) =>
  actions.map((action) => `${group}/${action}`),
);

/** Refused as a whole, because their single paths differ between versions. */
const FAMILIES: readonly string[] = ["jobs/snapshot/", "jobs/external_collection/"];

const refused: ReadonlySet<string> = new Set(refusedOperations);

/** True for a path of Milvus that is no operation here. */
export function isRefused(path: string): boolean {
  return (
    refused.has(path) || FAMILIES.some((family) => path.startsWith(family) && /^\w+$/.test(path.slice(family.length)))
  );
}
