import type { IncomingMessage, ServerResponse } from "node:http";
import { after } from "../../values/clock.js";
import { hasBody } from "./body-receiver.js";
import type { BodyPieces, HttpResponse } from "./message.js";
import type { PortLoad } from "./port-load.js";
import { writePieces } from "./write-pieces.js";

/** How long the rest of a refused body is read away, so that the client gets to see the answer instead of a reset. */
const LINGER_MS = 2_000;

/**
 * Sends an answer and waits until it has left.
 *
 * @param last the connection ends with it
 * @returns false when too many answers wait to be read: nothing was sent
 */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: HttpResponse,
  load: PortLoad,
  last: boolean,
): Promise<boolean> {
  if (response.destroyed) return true;
  const size = sizeOf(answer.body);
  const pending = load.answers.add(size, () => request.socket.destroy());
  if (pending === undefined) return false;
  const headers: Record<string, string | number> = { ...answer.headers };
  if (answer.status !== 204) headers["content-length"] = size;
  // What is left of the body would be taken for the next request: the connection ends here.
  const unread = hasBody(request) && !request.complete;
  if (unread || last) headers["connection"] = "close";
  response.writeHead(answer.status, headers);
  if (unread) readAway(request, response);
  await writePieces(response, answer.body, pending);
  return true;
}

function sizeOf(body: BodyPieces): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/** Reads the rest of a refused body without keeping it, for a short while. */
function readAway(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const cancel = after(LINGER_MS, () => request.destroy(), { keepsAlive: false });
  request.once("close", cancel);
  response.once("close", cancel);
}
