import { chain, type Soon } from "../../values/soon-or-later.js";
import type { Route } from "../surface.js";
import type { BodyReceiver, BodySource } from "./body-receiver.js";
import { type GuardOptions, refuseBrowser } from "./browser-guard.js";
import { type Admitted, type Handler, respondFailure } from "./handler.js";
import type { HttpResponse, RequestHead } from "./message.js";
import { type PortLoad, tooMany } from "./port-load.js";

/** One request over a connection, and the way back. */
export interface Exchange {
  readonly head: RequestHead;
  /** Bytes of the body, as far as they are announced. */
  readonly announced: number;
  readonly body: BodySource;
  /** Nobody waits for the answer any more. */
  readonly gone: boolean;
  /** The client may wait to be told that it may send its body. */
  invite(): void;
  /** Sends the answer and waits until it has left. False when too many answers wait to be read: nothing was sent. */
  send(reply: HttpResponse): Soon<boolean>;
}

export interface ExchangeRules {
  readonly guard: GuardOptions;
  readonly load: PortLoad;
  readonly receiver: BodyReceiver;
}

/** The life of a request, from its head to its answer. */
export function serveExchange(exchange: Exchange, handler: Handler, rules: ExchangeRules): Soon<void> {
  const refusal = refuseBrowser(exchange.head.headers, rules.guard);
  if (refusal !== undefined) return send(exchange, forbidden(refusal));
  return chain(handler.admit(exchange.head, exchange.announced), (admission) =>
    admission.response === undefined
      ? serveAdmitted(exchange, admission, handler, rules)
      : send(exchange, admission.response),
  );
}

function serveAdmitted(
  exchange: Exchange,
  admitted: Admitted,
  handler: Handler,
  { load, receiver }: ExchangeRules,
): Soon<void> {
  const { route } = admitted;
  const full = () => send(exchange, respondFailure(route, tooMany(`${load.maxRunning} requests are running`)));
  if (load.full) return full();
  exchange.invite();
  // A body that is arriving is no request at work yet: slow ones would keep everybody else out.
  return chain(receiver.receive(exchange.body), (body) => {
    if (body === undefined) return; // the client is gone
    if (!(body instanceof Uint8Array)) return send(exchange, respondFailure(route, body));
    return load.tryEnter() ? work(exchange, admitted, handler, load, body) : full();
  });
}

/** Has a request answered that is at work. */
function work(exchange: Exchange, admitted: Admitted, handler: Handler, load: PortLoad, body: Uint8Array): Soon<void> {
  const turn = load.turn(() => exchange.gone);
  const leave = (): void => {
    load.leave();
    turn.leave();
  };
  const answer = (reply: HttpResponse): Soon<void> => {
    try {
      // From here on it is counted.
      return send(exchange, reply, admitted.route);
    } finally {
      leave();
    }
  };
  const { method, path, query, headers } = exchange.head;
  const reply = handler.run(admitted, { method, path, query, headers, body }, turn);
  return reply instanceof Promise ? reply.then(answer) : answer(reply);
}

/** Sends an answer; of a route one that says why, where there is no room for it. */
function send(exchange: Exchange, reply: HttpResponse, route?: Route): Soon<void> {
  return chain(exchange.send(reply), (sent) => {
    if (sent || route === undefined) return;
    return chain(exchange.send(respondFailure(route, tooMany("too many answers wait to be read"))), () => {});
  });
}

function forbidden(reason: string): HttpResponse {
  return { status: 403, headers: { "content-type": "text/plain" }, body: `403 forbidden: ${reason}` };
}
