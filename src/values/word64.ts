/**
 * An unsigned 64-bit integer as two halves of 32 bits, for arithmetic that wraps: hashes of many values are made without an
 * allocation for each step, which `bigint` needs. Every method changes the number itself.
 */
export class Word64 {
  high: number;
  low: number;

  constructor(high = 0, low = 0) {
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  static of(value: bigint): Word64 {
    return new Word64(Number(BigInt.asUintN(32, value >> 32n)), Number(BigInt.asUintN(32, value)));
  }

  set(high: number, low: number): this {
    this.high = high >>> 0;
    this.low = low >>> 0;
    return this;
  }

  copy({ high, low }: Word64): this {
    return this.set(high, low);
  }

  add({ high, low }: Word64): this {
    const sum = this.low + low;
    return this.set(this.high + high + (sum > 0xffff_ffff ? 1 : 0), sum);
  }

  xor({ high, low }: Word64): this {
    return this.set(this.high ^ high, this.low ^ low);
  }

  multiply({ high, low }: Word64): this {
    const mine = this.low;
    const cross = Math.imul(mine, high) + Math.imul(this.high, low);
    return this.set(highHalf(mine, low) + cross, Math.imul(mine, low));
  }

  /** @param bits 1 to 31 */
  rotateLeft(bits: number): this {
    const { high, low } = this;
    return this.set((high << bits) | (low >>> (32 - bits)), (low << bits) | (high >>> (32 - bits)));
  }

  /** Exclusive or with itself, moved to the right. @param bits 1 to 63 */
  xorShiftRight(bits: number): this {
    const { high, low } = this;
    if (bits >= 32) return this.set(high, low ^ (high >>> (bits - 32)));
    return this.set(high ^ (high >>> bits), low ^ ((low >>> bits) | (high << (32 - bits))));
  }

  toBigInt(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }
}

/** The upper half of the product of two unsigned 32-bit integers. */
export function highHalf(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x1_0000) + ((other / 0x1_0000) >>> 0);
}
