import { Xxh64 } from "../xxh64.js";
import { checkBodySize, HEADER_BYTES, type Members, MembersFault, viewOf } from "./members.js";

/**
 * The split-block Bloom filter of Parquet over XXH64, in the envelope `MBF1` of Milvus: it may say yes for a value that was
 * not put in, never no for one that was.
 *
 * @see https://github.com/apache/parquet-format/blob/master/BloomFilter.md
 */

export const BLOOM_MAGIC = "MBF1";

const BLOCK_BYTES = 32;
const MOST_BLOCKS = (128 * 1024 * 1024) / BLOCK_BYTES;
const SALT = new Uint32Array([
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
]);

const INTEGERS = 1;
const TEXTS = 2;

const hash = new Xxh64();

export class BloomFilter implements Members {
  readonly kind = "bloom";
  readonly #view: DataView;
  readonly #blocks: number;
  readonly #domains: number;

  /** @throws MembersFault */
  constructor(bytes: Uint8Array) {
    checkBodySize(bytes, "bloom filter");
    const fault = faultOf(bytes);
    if (fault !== undefined) throw new MembersFault(`membership_match bloom filter blob is invalid: ${fault}`);
    this.#view = viewOf(bytes);
    this.#blocks = this.#view.getUint32(24, true);
    this.#domains = this.#view.getUint8(28);
  }

  get memoryBytes(): number {
    return this.#view.byteLength;
  }

  /** What was put in, as messages name it; undefined when nothing was. */
  get domain(): "int64" | "utf8" | "0x03" | undefined {
    return ([undefined, "int64", "utf8", "0x03"] as const)[this.#domains];
  }

  get holdsIntegers(): boolean {
    return (this.#domains & INTEGERS) !== 0;
  }

  get holdsTexts(): boolean {
    return (this.#domains & TEXTS) !== 0;
  }

  // Both kinds of values share one space of hashes: what was not put in is not looked for.
  hasInteger(high: number, low: number): boolean {
    return this.holdsIntegers && this.#has(hash.ofInt64(high, low));
  }

  hasText(text: string): boolean {
    return this.holdsTexts && this.#has(hash.ofBytes(Buffer.from(text)));
  }

  #has({ high, low }: { readonly high: number; readonly low: number }): boolean {
    // Exact: the number of blocks is a power of two.
    const block = Math.floor((high * this.#blocks) / 2 ** 32);
    const start = HEADER_BYTES + block * BLOCK_BYTES;
    for (let i = 0; i < SALT.length; i++) {
      const bit = Math.imul(low, SALT[i] as number) >>> 27;
      if (((this.#view.getUint32(start + i * 4, true) >>> bit) & 1) === 0) return false;
    }
    return true;
  }
}

function faultOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < HEADER_BYTES) {
    return `bloom filter blob too short: ${bytes.length} bytes, need at least ${HEADER_BYTES}`;
  }
  const view = viewOf(bytes);
  const version = view.getUint16(4, true);
  if (version !== 1) return `unsupported bloom filter version ${version}, expected 1`;
  const method = view.getUint16(6, true);
  if (method !== 1) return `unsupported bloom filter algo ${method}, expected 1`;
  const domains = view.getUint8(28);
  if (domains > (INTEGERS | TEXTS)) {
    return `bloom filter declares unknown value domains 0x${domains.toString(16).padStart(2, "0")}, known bits 0x03`;
  }
  const reserved = view.getUint8(29) | view.getUint8(30) | view.getUint8(31);
  if (reserved !== 0) return `bloom filter reserved field must be 0, got ${reserved}`;
  const blocks = view.getUint32(24, true);
  if (blocks === 0 || (blocks & (blocks - 1)) !== 0 || blocks > MOST_BLOCKS) {
    return `bloom filter num_blocks ${blocks} is not a power of two in [1, ${MOST_BLOCKS}]`;
  }
  const body = bytes.length - HEADER_BYTES;
  const wanted = blocks * BLOCK_BYTES;
  if (body !== wanted) {
    return `bloom filter body length ${body} does not match num_blocks ${blocks} (want ${wanted} bytes)`;
  }
  return undefined;
}
