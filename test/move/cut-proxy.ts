import { connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server that breaks after some bytes have gone through. */
export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly url: string;
  /** Bytes that still go through, in both directions together. */
  #left = Number.POSITIVE_INFINITY;
  #onCut = () => {};

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    server.on("connection", (near) => {
      const far = connect({ host: "127.0.0.1", port });
      this.#join(near, far);
      this.#join(far, near);
    });
  }

  static async to(port: number): Promise<CutProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new CutProxy(server, port);
  }

  /** Breaks all connections when so many more bytes have gone through. */
  cutAfter(bytes: number, onCut: () => void = () => {}): void {
    this.#left = bytes;
    this.#onCut = onCut;
  }

  async close(): Promise<void> {
    this.#cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("data", (bytes) => {
      this.#left -= bytes.length;
      if (this.#left >= 0) {
        to.write(bytes);
        return;
      }
      // A part of what was being sent arrives.
      to.write(bytes.subarray(0, Math.max(0, bytes.length + this.#left)), () => this.#cut());
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  #cut(): void {
    if (this.#left < 0) {
      this.#left = Number.POSITIVE_INFINITY;
      this.#onCut();
    }
    for (const socket of this.#sockets) socket.destroy();
  }
}
