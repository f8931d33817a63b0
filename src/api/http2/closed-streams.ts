import { ErrorCode, Http2Fault, violation } from "./fault.js";

/** Requests that were ended before they had come: of so many it is known that more of them may be under way. */
const MAX_CUT_SHORT = 1000;

/** The streams of a connection that have ended, and what may still come of them. */
export class ClosedStreams {
  /** Numbers of requests that we have ended, and whose clients could not know it when they sent on. */
  readonly #cutShort = new Set<number>();

  /** A request was ended before it had come as a whole. */
  cutShort(id: number): void {
    this.#cutShort.add(id);
    if (this.#cutShort.size <= MAX_CUT_SHORT) return;
    const [oldest] = this.#cutShort;
    this.#cutShort.delete(oldest as number);
  }

  /** A body goes on. @throws Http2Fault where its end, or its being taken back, has come before */
  data(id: number, ends: boolean): void {
    if (!this.#cutShort.has(id)) throw new Http2Fault(ErrorCode.streamClosed, "a body of a stream that has ended");
    if (ends) this.#cutShort.delete(id);
  }

  /** @param last the newest stream @throws Http2Fault where no trailers can be under way */
  trailers(id: number, last: number): void {
    if (this.#cutShort.delete(id)) return;
    if (id < last) throw violation("the numbers of streams do not rise");
    throw new Http2Fault(ErrorCode.streamClosed, "headers of a stream that has ended");
  }

  /** The client has taken the request back, too. */
  takenBack(id: number): void {
    this.#cutShort.delete(id);
  }
}
