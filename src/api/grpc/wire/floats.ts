import type { ByteReader } from "./byte-reader.js";
import { MalformedMessage } from "./failure.js";

export type FloatBlock = Float32Array | Float64Array;

/**
 * Reads more floats of a repeated field behind those that are known. A packed block that stands aligned in the message
 * becomes a view of it; one at any other place is copied once.
 *
 * @param packed whether a block follows, or a single value
 */
export function readFloats(reader: ByteReader, packed: boolean, known: FloatBlock): FloatBlock {
  const width = known.BYTES_PER_ELEMENT;
  const length = packed ? reader.length() : width;
  if (length % width !== 0) throw new MalformedMessage("a block of floats ends in the middle of one");
  const start = reader.advance(length);
  const count = length / width;
  if (count === 0) return known;
  const { buffer } = reader.bytes;
  const offset = reader.bytes.byteOffset + start;
  if (known.length === 0 && offset % width === 0) return blockLike(known, buffer, offset, count);
  reader.spend(2 * count * width);
  const grown = withRoom(known, count, buffer);
  const target = new Uint8Array(grown.buffer, grown.byteOffset + known.length * width, count * width);
  target.set(reader.bytes.subarray(start, start + count * width));
  return grown;
}

/** The same floats with room for `more` behind them: in their own spare room, or in memory twice as large. */
function withRoom(known: FloatBlock, more: number, message: ArrayBufferLike): FloatBlock {
  const length = known.length + more;
  const { BYTES_PER_ELEMENT: width, buffer } = known;
  if (buffer !== message && known.byteOffset + length * width <= buffer.byteLength) {
    return blockLike(known, buffer, known.byteOffset, length);
  }
  const capacity = known.length === 0 ? length : Math.max(length, 2 * known.length);
  const grown = blockLike(known, new ArrayBuffer(capacity * width), 0, length);
  grown.set(known);
  return grown;
}

function blockLike(model: FloatBlock, buffer: ArrayBufferLike, offset: number, length: number): FloatBlock {
  return model instanceof Float32Array
    ? new Float32Array(buffer, offset, length)
    : new Float64Array(buffer, offset, length);
}
