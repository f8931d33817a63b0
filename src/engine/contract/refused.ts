/**
 * Operations of Milvus that the embedded engine does not have: a client gets 3000, never a 404. They are refused as a whole, because
 * their single paths differ between versions.
 */
const FAMILIES: readonly string[] = ["jobs/snapshot/", "jobs/external_collection/"];

/** True for a path of Milvus that is no operation here. */
export function isRefused(path: string): boolean {
  return FAMILIES.some((family) => path.startsWith(family) && /^\w+$/.test(path.slice(family.length)));
}
