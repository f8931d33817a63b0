import type { IncomingMessage } from "node:http";
import { type ElanusError, failure } from "../../errors.js";
import { after } from "../../values/clock.js";
import { header } from "./message.js";
import { type PortLoad, tooMany } from "./port-load.js";

const NO_BYTES = new Uint8Array(0);

export function hasBody(request: IncomingMessage): boolean {
  const length = header(request.headers, "content-length");
  return (length !== undefined && length !== "0") || request.headers["transfer-encoding"] !== undefined;
}

/** Receives bodies within limits of size, time, and memory taken by all of them together. */
export class BodyReceiver {
  readonly #load: PortLoad;
  readonly #timeoutMs: number;

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
    const { maxBodyBytes } = this.#load;
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const stop = after(this.#timeoutMs, () => settle(failure("Timeout")));
      const onData = (chunk: Buffer): void => {
        size += chunk.length;
        chunks.push(chunk);
        const fits = this.#load.book(chunk.length);
        if (size > maxBodyBytes) settle(failure("BodyTooLarge", { limit: maxBodyBytes }));
        else if (!fits) settle(tooMany("too many large bodies are being received"));
      };
      const onEnd = (): void => settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
      const onClose = (): void => settle(undefined);
      const settle = (result: Uint8Array | ElanusError | undefined): void => {
        stop();
        request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
        this.#load.release(size);
        resolve(result);
      };
      request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
    });
  }
}
