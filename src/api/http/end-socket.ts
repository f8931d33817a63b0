import type { Duplex } from "node:stream";
import { after } from "../../values/clock.js";

/** How long a connection that is ended may take until its descriptor is freed all the same. */
const LINGER_MS = 2_000;

/**
 * Ends a connection with a last word. The other side may never end its own: after a short while the descriptor is freed
 * whatever it does.
 */
export function endSocket(socket: Duplex, lastWords = ""): void {
  if (socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(lastWords);
  const cancel = after(LINGER_MS, () => socket.destroy(), { keepsAlive: false });
  socket.once("close", cancel);
}
