import { ErrorCode, Http2Fault } from "../fault.js";
import { decodeHuffman } from "./huffman.js";
import { STATIC_TABLE } from "./static-table.js";

/** One field of a header block, as it was sent. */
export type Header = readonly [name: string, value: string];

/** What the table may hold unless we say otherwise, which we never do. */
const TABLE_BYTES = 4096;
/** What each entry counts besides its texts. */
const ENTRY_BYTES = 32;

const sizeOf = ([name, value]: Header): number => name.length + value.length + ENTRY_BYTES;

/**
 * Decodes the header blocks of one connection (HPACK, RFC 7541), one after the other: each may name what earlier ones have put
 * into the table.
 */
export class HeaderDecoder {
  readonly #maxBytes: number;
  /** The newest entry last. */
  readonly #table: Header[] = [];
  #tableBytes = 0;
  #tableLimit = TABLE_BYTES;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The last block, where it has not changed the table and nothing has since: the same bytes say the same. */
  #known: { readonly block: Buffer; readonly headers: readonly Header[] | undefined } | undefined;

  /** @param maxBytes of one block, decoded: names, values and 32 for each pair */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * @returns undefined when there are more than may be; the same list again for a block that is known
   * @throws Http2Fault for bytes that are no header block; the connection cannot go on, since the tables differ
   */
  decode(block: Buffer): readonly Header[] | undefined {
    if (this.#known?.block.equals(block) === true) return this.#known.headers;
    this.#known = { block: Buffer.from(block), headers: undefined };
    const headers = this.#read(block);
    if (this.#known !== undefined) this.#known = { ...this.#known, headers };
    return headers;
  }

  #read(block: Buffer): readonly Header[] | undefined {
    this.#block = block;
    this.#at = 0;
    while (isResize(block[this.#at])) this.#resize(this.#integer(5));
    const headers: Header[] = [];
    let left = this.#maxBytes;
    while (this.#at < block.length) {
      const header = this.#next();
      left -= sizeOf(header);
      if (left >= 0) headers.push(header);
    }
    return left < 0 ? undefined : headers;
  }

  #next(): Header {
    const first = this.#block[this.#at] as number;
    if (isResize(first)) throw malformed("another size for the table behind headers");
    if (first >= 0x80) return this.#entry(this.#integer(7));
    if (first < 0x40) return this.#literal(4);
    const header = this.#literal(6);
    this.#add(header);
    return header;
  }

  /** A header whose value stands in the block; its name may be one of the table. */
  #literal(prefixBits: number): Header {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : this.#entry(index)[0];
    return [name, this.#text()];
  }

  #entry(index: number): Header {
    const entry =
      index <= STATIC_TABLE.length
        ? STATIC_TABLE[index - 1]
        : this.#table[this.#table.length - (index - STATIC_TABLE.length)];
    if (entry === undefined) throw malformed("a header that is in no table");
    return entry;
  }

  #text(): string {
    const coded = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw malformed("a text that ends too early");
    const start = this.#at;
    this.#at = end;
    return coded ? decodeHuffman(this.#block.subarray(start, end)) : this.#block.toString("latin1", start, end);
  }

  #integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let scale = 1; scale <= 2 ** 21; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw malformed("a number that is too long");
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw malformed("a block that ends too early");
    return byte;
  }

  #add(header: Header): void {
    this.#known = undefined;
    this.#tableBytes += sizeOf(header);
    this.#table.push(header);
    this.#evict();
  }

  #resize(limit: number): void {
    if (limit > TABLE_BYTES) throw malformed("a table that is too large");
    this.#known = undefined;
    this.#tableLimit = limit;
    this.#evict();
  }

  #evict(): void {
    let oldest = 0;
    while (this.#tableBytes > this.#tableLimit) this.#tableBytes -= sizeOf(this.#table[oldest++] as Header);
    if (oldest > 0) this.#table.splice(0, oldest);
  }
}

/** The table is to have another size. */
function isResize(first: number | undefined): boolean {
  return first !== undefined && first >= 0x20 && first < 0x40;
}

function malformed(what: string): Http2Fault {
  return new Http2Fault(ErrorCode.compression, `a header block has ${what}`);
}
