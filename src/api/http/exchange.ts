import type { Route } from "../surface.js";
import type { BodyReceiver, BodySource } from "./body-receiver.js";
import { type GuardOptions, refuseBrowser } from "./browser-guard.js";
import { type Handler, respondFailure } from "./handler.js";
import type { HttpResponse, RequestHead } from "./message.js";
import { type PortLoad, tooMany } from "./port-load.js";

/** One request over a connection, and the way back. */
export interface Exchange {
  readonly head: RequestHead;
  readonly body: BodySource;
  /** Nobody waits for the answer any more. */
  readonly gone: boolean;
  /** The client may wait to be told that it may send its body. */
  invite(): void;
  /** Sends the answer and waits until it has left. False when too many answers wait to be read: nothing was sent. */
  send(reply: HttpResponse): boolean | Promise<boolean>;
}

export interface ExchangeRules {
  readonly guard: GuardOptions;
  readonly load: PortLoad;
  readonly receiver: BodyReceiver;
}

/** The life of a request, from its head to its answer. */
export async function serveExchange(exchange: Exchange, handler: Handler, rules: ExchangeRules): Promise<void> {
  const { guard, load, receiver } = rules;
  const { head } = exchange;
  const send = async (reply: HttpResponse, route?: Route): Promise<void> => {
    const sent = exchange.send(reply);
    if ((sent instanceof Promise ? await sent : sent) || route === undefined) return;
    await exchange.send(respondFailure(route, tooMany("too many answers wait to be read")));
  };
  const refusal = refuseBrowser(head.headers, guard);
  if (refusal !== undefined) return send(forbidden(refusal));
  const admission = handler.admit(head);
  const admitted = admission instanceof Promise ? await admission : admission;
  if (admitted.response !== undefined) return send(admitted.response);
  const { route } = admitted;
  const full = () => respondFailure(route, tooMany(`${load.maxRunning} requests are running`));
  if (load.full) return send(full());
  exchange.invite();
  // A body that is arriving is no request at work yet: slow ones would keep everybody else out.
  const received = receiver.receive(exchange.body);
  const body = received instanceof Promise ? await received : received;
  if (body === undefined) return; // the client is gone
  if (!(body instanceof Uint8Array)) return send(respondFailure(route, body));
  if (!load.tryEnter()) return send(full());
  const turn = load.turn(() => exchange.gone);
  let sent: Promise<void>;
  try {
    try {
      const { method, path, query, headers } = head;
      const reply = await handler.run(admitted, { method, path, query, headers, body }, turn);
      // From here on it is counted.
      sent = send(reply, route);
    } finally {
      load.leave();
    }
  } finally {
    turn.leave();
  }
  await sent;
}

function forbidden(reason: string): HttpResponse {
  return { status: 403, headers: { "content-type": "text/plain" }, body: `403 forbidden: ${reason}` };
}
