/** The name of a field inside of its struct, however it was written: `field`, or `struct[field]`. */
export function subFieldName(struct: string, name: string): string {
  return name.startsWith(`${struct}[`) && name.endsWith("]") ? name.slice(struct.length + 1, -1) : name;
}

/** The name under which the engine knows it. */
export function fullName(struct: string, name: string): string {
  return `${struct}[${subFieldName(struct, name)}]`;
}
