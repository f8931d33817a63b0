import { randomFillSync } from "node:crypto";

const BYTES = 16;
/** Random bytes are drawn for so many ids at a time: each draw asks the system. */
const AT_A_TIME = 256;

/** Makes ids of requests: 32 hexadecimal digits, by which nothing can be guessed about others. */
export function traceIds(): () => string {
  const pool = Buffer.alloc(BYTES * AT_A_TIME);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    at += BYTES;
    return pool.toString("hex", at - BYTES, at);
  };
}
