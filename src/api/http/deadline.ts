import { failure } from "../../errors.js";
import { now } from "../../values/clock.js";
import { Deadlines } from "./deadlines.js";
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

const deadlines = new Deadlines();

/**
 * The result of `work` if it is there before the deadline.
 *
 * Work that has begun runs on behind a timeout answer, as on a server: what it wrote stays written. An answer that was
 * computed in one long stretch without giving the timer a chance is late too.
 *
 * @throws Timeout
 */
export function withinDeadline<T>(work: Promise<T>, deadline: number | undefined): Promise<T> {
  if (deadline === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = deadlines.wait(deadline, () => reject(failure("Timeout")));
    work.then(
      (result) => {
        stop();
        if (isOver(deadline)) reject(failure("Timeout"));
        else resolve(result);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}

function isOver(deadline: number | undefined): boolean {
  return deadline !== undefined && now() > deadline;
}

/** @throws Timeout once the deadline is over */
export function checkDeadline(deadline: number | undefined): void {
  if (isOver(deadline)) throw failure("Timeout");
}
