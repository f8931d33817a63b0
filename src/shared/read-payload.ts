import { DefaultDeserializer, deserialize, serialize } from "node:v8";

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
 * What `serialize` has written. Bytes are views on the payload, wherever they lie in it; those that begin where no number may begin are
 * copied, since others look at the numbers in them.
 */
export function readPayload(payload: Uint8Array): unknown {
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
