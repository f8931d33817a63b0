import { type ElanusError, failure } from "../../errors.js";
import { after, elapsed } from "../../values/clock.js";
import { BodyBuffer } from "./body-buffer.js";
import { type PortLoad, tooMany } from "./port-load.js";

/** A body that has been arriving for longer gives way to one that begins, when there are too many. */
const SLOW_MS = 1_000;

/** Is told what comes of a body. */
export interface BodySink {
  /** A part of it; its bytes are valid only now. */
  data(part: Uint8Array): void;
  /** It is complete. */
  end(): void;
  /** The client left before that. */
  close(): void;
}

/** The body of a request on its way in. */
export interface BodySource {
  /** The body, where all of it is here, or there is none. */
  readonly whole: Uint8Array | undefined;
  /** Tells what has come and what comes. @returns stops telling */
  take(sink: BodySink): () => void;
}

interface Receiving {
  readonly since: number;
  refuse(error: ElanusError): void;
}

/** What came of a body: the error to answer when it breaks a limit (what had arrived is let go); undefined when the client left. */
export type Received = Uint8Array | ElanusError | undefined;

/** Receives bodies within limits of size, time, number, and memory taken by all of them together. */
export class BodyReceiver {
  readonly #load: PortLoad;
  readonly #timeoutMs: number;
  /** In order of their beginning. */
  readonly #receiving = new Set<Receiving>();

  constructor(load: PortLoad, timeoutMs: number) {
    this.#load = load;
    this.#timeoutMs = timeoutMs;
  }

  receive(source: BodySource): Received | Promise<Received> {
    const { maxBodyBytes } = this.#load;
    const { whole } = source;
    if (whole?.length === 0) return whole;
    if (this.#receiving.size >= this.#load.maxRunning && !this.#makeRoom()) {
      return tooMany("too many bodies are being received");
    }
    if (whole !== undefined) {
      return whole.length > maxBodyBytes ? failure("BodyTooLarge", { limit: maxBodyBytes }) : whole;
    }
    return new Promise((resolve) => {
      const body = new BodyBuffer(this.#load);
      let stop = (): void => {};
      let settled = false;
      const settle = (result: Received): void => {
        if (settled) return;
        settled = true;
        cancel();
        this.#receiving.delete(receiving);
        stop();
        body.release();
        resolve(result);
      };
      const cancel = after(this.#timeoutMs, () => settle(failure("Timeout")));
      const receiving: Receiving = { since: elapsed(), refuse: settle };
      this.#receiving.add(receiving);
      stop = source.take({
        data(part) {
          const fits = body.add(part);
          if (body.size > maxBodyBytes) settle(failure("BodyTooLarge", { limit: maxBodyBytes }));
          else if (!fits) settle(tooMany("too many large bodies are being received"));
        },
        end: () => settle(body.bytes),
        close: () => settle(undefined),
      });
      if (settled) stop();
    });
  }

  /** Refuses the body that has been arriving for longest, so that slow senders do not keep everybody else out. */
  #makeRoom(): boolean {
    const [oldest] = this.#receiving;
    if (oldest === undefined || elapsed() - oldest.since < SLOW_MS) return false;
    oldest.refuse(tooMany("too many bodies are being received"));
    return true;
  }
}
