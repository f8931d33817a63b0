import { DefaultDeserializer, deserialize, serialize } from "node:v8";
import { isCommon, readCommon, writeCommon } from "../values/common-form.js";

/** How this runtime writes values down by itself, as its first bytes tell: Node and Deno alike, Bun otherwise. */
export const OWN_FORM = serialize(0).subarray(0, 2).toString("hex");

/** As this runtime writes values down by itself, which is quicker, or so that every runtime reads them. */
export type Form = "own" | "common";

/** What both sides of a connection read. @param theirs the other side's `OWN_FORM` */
export function formWith(theirs: string): Form {
  return theirs === OWN_FORM ? "own" : "common";
}

/** @throws DataCloneError, TypeError for what is no data */
export function payloadOf(value: unknown, form: Form): Buffer {
  return form === "own" ? serialize(value) : writeCommon(value);
}

/** Bun has the class and cannot make one; what its `deserialize` gives has memory of its own. */
const HAS_READER = (() => {
  try {
    return new DefaultDeserializer(serialize(0)).readHeader();
  } catch {
    return false;
  }
})();

/** Where the numbers of any type may begin. */
const ALIGNMENT = 8;

/**
 * What `payloadOf` has written, in the common form or in that of this runtime. Bytes are views on the payload, wherever they lie in it; those that begin where no number may begin are
 * copied, since others look at the numbers in them.
 */
export function readPayload(payload: Uint8Array): unknown {
  if (isCommon(payload)) return readCommon(payload);
  if (!HAS_READER) return deserialize(payload);
  const reader = new AlignedReader(payload);
  reader.readHeader();
  return reader.readValue();
}

class AlignedReader extends DefaultDeserializer {
  /** Called for each view. */
  _readHostObject(): unknown {
    const inherited = DefaultDeserializer.prototype as unknown as { _readHostObject(): Uint8Array };
    const view = inherited._readHostObject.call(this);
    // A DataView may begin anywhere.
    const mayStay = view.byteOffset % ALIGNMENT === 0 || (view as ArrayBufferView) instanceof DataView;
    return mayStay ? view : Uint8Array.prototype.slice.call(view);
  }
}
