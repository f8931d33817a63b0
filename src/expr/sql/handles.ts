/**
 * Values that are too large to be handed to a function with every row: statements bind a handle instead, eight bytes that name
 * the value. It is there as long as the handle that was made for it.
 */

const handles = new WeakMap<object, Uint8Array>();
const held = new WeakMap<Uint8Array, object>();
const named = new Map<bigint, WeakRef<object>>();
const forgotten = new FinalizationRegistry<bigint>((name) => named.delete(name));
let last = 0n;

/** What a statement binds for a value. */
export function handleOf(value: object): Uint8Array {
  const known = handles.get(value);
  if (known !== undefined) return known;
  last += 1n;
  const handle = Buffer.alloc(8);
  handle.writeBigUInt64LE(last);
  handles.set(value, handle);
  held.set(handle, value);
  named.set(last, new WeakRef(value));
  forgotten.register(value, last);
  return handle;
}

/** The value of a handle, or of a copy of it. */
export function namedBy(handle: Uint8Array): object {
  const name = new DataView(handle.buffer, handle.byteOffset, handle.byteLength).getBigUint64(0, true);
  const value = named.get(name)?.deref();
  if (value === undefined) throw new Error(`nothing has the name ${name} any more`);
  return value;
}
