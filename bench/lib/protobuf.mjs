// The bytes of protobuf, as far as an insert and a search need them.
export const varint = (value) => {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 128);
  }
};
export const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
export const bytes = (field, value) => Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
export const text = (field, value) => bytes(field, Buffer.from(value));

/** A message of gRPC that is not compressed. */
export function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A search for the ten nearest of a Float32Array, as official clients send it. */
export function searchFrame(collectionName, vector, params) {
  const stored = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  const placeholder = Buffer.concat([text(1, "$0"), number(2, 101), bytes(3, stored)]);
  const pair = (key, value) => bytes(9, Buffer.concat([text(1, key), text(2, value)]));
  return framed(
    Buffer.concat([
      text(3, collectionName),
      bytes(6, bytes(1, placeholder)),
      text(8, "id"),
      pair("anns_field", "vector"),
      pair("topk", "10"),
      pair("params", JSON.stringify(params)),
      number(12, 1),
    ]),
  );
}
