const COUNTER_BITS = 18n;

/** A point in time as Milvus counts it: milliseconds since 1970 and, below them, 18 bits that tell events apart. */
export type HybridTime = bigint;

/** Its milliseconds since 1970. */
export function millisecondsOf(time: HybridTime): number {
  return Number(time >> COUNTER_BITS);
}

export function hybridTime(ms: number, counter: number = 0): HybridTime {
  return (BigInt(ms) << COUNTER_BITS) + BigInt(counter);
}
