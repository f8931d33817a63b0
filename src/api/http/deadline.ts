import { failure } from "../../errors.js";
import { after, now } from "../../values/clock.js";
import { header, type RequestHeaders } from "./message.js";

/**
 * When a request's answer is due (milliseconds since the epoch), from its `Request-Timeout` header in whole seconds.
 * Anything but an integer is ignored; zero and below means no limit.
 */
export function deadlineOf(headers: RequestHeaders, defaultMs: number | undefined): number | undefined {
  const text = header(headers, "request-timeout");
  if (text !== undefined && /^[+-]?\d+$/.test(text)) {
    const seconds = Number(text);
    return seconds > 0 ? now() + seconds * 1000 : undefined;
  }
  return defaultMs === undefined ? undefined : now() + defaultMs;
}

/** The longest delay a timer can hold; a later deadline needs no timer. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The result of `work` if it is there before the deadline.
 *
 * Work that has begun runs on behind a timeout answer, as on a server: what it wrote stays written. An answer that was
 * computed in one long stretch without giving the timer a chance is late too.
 *
 * @throws Timeout
 */
export async function withinDeadline<T>(work: Promise<T>, deadline: number | undefined): Promise<T> {
  if (deadline === undefined) return work;
  let stop = (): void => {};
  try {
    const delay = deadline - now();
    const result = await (delay > MAX_DELAY_MS
      ? work
      : Promise.race([
          work,
          new Promise<never>((_, reject) => {
            stop = after(Math.max(0, delay), () => reject(failure("Timeout")));
          }),
        ]));
    checkDeadline(deadline);
    return result;
  } finally {
    stop();
  }
}

/** @throws Timeout once the deadline is over */
export function checkDeadline(deadline: number | undefined): void {
  if (deadline !== undefined && now() > deadline) throw failure("Timeout");
}
