import type { IncomingMessage } from "node:http";
import { type ElanusError, failure } from "../../errors.js";
import { after, elapsed } from "../../values/clock.js";
import { BodyBuffer } from "./body-buffer.js";
import { header } from "./message.js";
import { type PortLoad, tooMany } from "./port-load.js";

const NO_BYTES = new Uint8Array(0);
/** A body that has been arriving for longer gives way to one that begins, when there are too many. */
const SLOW_MS = 1_000;

export function hasBody(request: IncomingMessage): boolean {
  const length = header(request.headers, "content-length");
  return (length !== undefined && length !== "0") || request.headers["transfer-encoding"] !== undefined;
}

interface Receiving {
  readonly since: number;
  refuse(error: ElanusError): void;
}

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

  /** The body; the error to answer when it breaks a limit (what had arrived is let go); undefined when the client left. */
  receive(request: IncomingMessage): Promise<Uint8Array | ElanusError | undefined> {
    if (!hasBody(request)) {
      request.resume();
      return Promise.resolve(NO_BYTES);
    }
    if (this.#receiving.size >= this.#load.maxRunning && !this.#makeRoom()) {
      return Promise.resolve(tooMany("too many bodies are being received"));
    }
    const { maxBodyBytes } = this.#load;
    return new Promise((resolve) => {
      const body = new BodyBuffer(this.#load);
      const onData = (chunk: Buffer): void => {
        const fits = body.add(chunk);
        if (body.size > maxBodyBytes) settle(failure("BodyTooLarge", { limit: maxBodyBytes }));
        else if (!fits) settle(tooMany("too many large bodies are being received"));
      };
      const onEnd = (): void => settle(body.bytes);
      const onClose = (): void => settle(undefined);
      const settle = (result: Uint8Array | ElanusError | undefined): void => {
        cancel();
        this.#receiving.delete(receiving);
        request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
        body.release();
        resolve(result);
      };
      const cancel = after(this.#timeoutMs, () => settle(failure("Timeout")));
      const receiving: Receiving = { since: elapsed(), refuse: settle };
      this.#receiving.add(receiving);
      request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
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
