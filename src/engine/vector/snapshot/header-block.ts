import { createHash } from "node:crypto";

/** The first block of a snapshot file: magic, format, length of the JSON, JSON, zeros, SHA-256 of all before. */
export const HEADER_BYTES = 4096;
const MAGIC_BYTES = 8;
const DIGEST_BYTES = 32;

/** @param magic eight Latin letters */
export function encodeHeaderBlock(magic: string, format: number, header: object): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const block = Buffer.alloc(HEADER_BYTES);
  block.write(magic, "latin1");
  block.writeUInt32LE(format, MAGIC_BYTES);
  block.writeUInt32LE(json.length, MAGIC_BYTES + 4);
  json.copy(block, MAGIC_BYTES + 8);
  digest(block).copy(block, HEADER_BYTES - DIGEST_BYTES);
  return block;
}

/** The header, or undefined for anything that is not a whole header of this magic and format. */
export function decodeHeaderBlock(magic: string, format: number, block: Buffer): unknown {
  if (block.length !== HEADER_BYTES || block.toString("latin1", 0, MAGIC_BYTES) !== magic) return undefined;
  if (block.readUInt32LE(MAGIC_BYTES) !== format) return undefined;
  if (!digest(block).equals(block.subarray(HEADER_BYTES - DIGEST_BYTES))) return undefined;
  const length = block.readUInt32LE(MAGIC_BYTES + 4);
  const start = MAGIC_BYTES + 8;
  if (length > HEADER_BYTES - start - DIGEST_BYTES) return undefined;
  return JSON.parse(block.toString("utf8", start, start + length));
}

function digest(block: Buffer): Buffer {
  return createHash("sha256")
    .update(block.subarray(0, HEADER_BYTES - DIGEST_BYTES))
    .digest();
}
