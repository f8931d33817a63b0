import { STATIC_TABLE } from "./static-table.js";

/**
 * Encodes headers without the table that both sides would have to keep: a block can be made once and sent on every connection.
 *
 * @param headers texts of the Latin-1 letters
 */
export function headerBlock(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const bytes: number[] = [];
  for (const [name, value] of headers) {
    const pair = STATIC_TABLE.findIndex((known) => known[0] === name && known[1] === value);
    if (pair >= 0) {
      writeInteger(bytes, 0x80, 7, pair + 1);
      continue;
    }
    const known = STATIC_TABLE.findIndex((entry) => entry[0] === name);
    writeInteger(bytes, 0, 4, known + 1);
    if (known < 0) writeText(bytes, name);
    writeText(bytes, value);
  }
  return Buffer.from(bytes);
}

function writeText(bytes: number[], text: string): void {
  const encoded = Buffer.from(text, "latin1");
  writeInteger(bytes, 0, 7, encoded.length);
  for (const byte of encoded) bytes.push(byte);
}

/** @param first what the bits before the number are */
function writeInteger(bytes: number[], first: number, prefixBits: number, value: number): void {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) {
    bytes.push(first | value);
    return;
  }
  bytes.push(first | mask);
  let rest = value - mask;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
}
