/** What is wrong with a text as the path of a file, where the system would take it for another path: `must not ...`. */
export function faultOfPath(path: string): string | undefined {
  if (path.trim() === "") return "must not be empty";
  if (path.includes("\0")) return `must not contain a null character: ${JSON.stringify(path)}`;
  // Half of a character would become another one.
  if (!path.isWellFormed()) return `must not contain a lone surrogate: ${JSON.stringify(path)}`;
  return undefined;
}
