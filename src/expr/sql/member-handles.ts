import type { Members } from "../../values/membership/members.js";

/**
 * Sets of members are too large to be handed over with every row: statements bind a handle instead, eight bytes that name the
 * set. It is there as long as the handle that was made for it.
 */

const handles = new WeakMap<Members, Uint8Array>();
const held = new WeakMap<Uint8Array, Members>();
const named = new Map<bigint, WeakRef<Members>>();
const forgotten = new FinalizationRegistry<bigint>((name) => named.delete(name));
let last = 0n;

/** What a statement binds for a set. */
export function handleOf(members: Members): Uint8Array {
  const known = handles.get(members);
  if (known !== undefined) return known;
  last += 1n;
  const handle = Buffer.alloc(8);
  handle.writeBigUInt64LE(last);
  handles.set(members, handle);
  held.set(handle, members);
  named.set(last, new WeakRef(members));
  forgotten.register(members, last);
  return handle;
}

/** The set of a handle, or of a copy of it. */
export function membersOf(handle: Uint8Array): Members {
  const name = new DataView(handle.buffer, handle.byteOffset, handle.byteLength).getBigUint64(0, true);
  const members = named.get(name)?.deref();
  if (members === undefined) throw new Error(`no set of members has the name ${name}`);
  return members;
}
