import type { Caller } from "../engine/index.js";
import type { ElanusError } from "../errors.js";
import type { Soon } from "../values/soon-or-later.js";
import type { Turn } from "./engine-port.js";
import type { Refusal } from "./http/auth.js";
import type { BodyPieces, RequestHeaders } from "./http/message.js";

/** The body of a request as far as JSON goes; each surface has its own words for the first two. */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "malformed"; readonly detail: string }
  | { readonly kind: "value"; readonly value: unknown };

/** A request that was let in: what a route decodes. */
export interface Call {
  readonly headers: RequestHeaders;
  /** Raw query string without `?`. */
  readonly query: string;
  readonly body: Body;
  /** Milliseconds since the epoch after which the caller has its timeout answer. */
  readonly deadline: number | undefined;
  /** Undefined where nobody is asked who he is. */
  readonly caller: Caller | undefined;
  /** Aborted when the caller does not wait any more. */
  readonly signal?: AbortSignal | undefined;
  /** To be taken before a large answer is made. */
  readonly turn: Turn | undefined;
}

/** The keys of an answer; the rows of a result may be `LazyRows`, which each way out prints in its own form. */
export type Envelope = Readonly<Record<string, unknown>>;

/** What goes back: an HTTP status and the JSON envelope. */
export interface Outcome {
  readonly status: number;
  readonly envelope: Envelope;
  /** Sent over HTTP in place of the envelope. */
  readonly document?: Document;
}

/** An answer that is no JSON. */
export interface Document {
  /** `content-type` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: BodyPieces;
}

/** One of REST v2, REST v1, the 9091 API. */
export interface Surface {
  /** The envelope of a failure; HTTP 200 unless the surface has another status for it. */
  failure(error: ElanusError): Outcome;
  /** The refusal of a request without valid credentials. */
  refusal(refusal: Refusal): Outcome;
  /** A bare token without `Bearer ` in front counts as no credential. */
  readonly schemeRequired?: boolean;
}

export interface Route {
  readonly surface: Surface;
  /** Answered without credentials. */
  readonly open?: boolean;
  /** May throw ElanusError: the surface turns it into an envelope. */
  readonly run: (call: Call) => Soon<Outcome>;
}

/** Finds the route of a method and path; undefined answers 404. */
export type Router = (method: string, path: string) => Route | undefined;

/** Routes of documents, by method and path: probes and browsers ask with HEAD for what they do not want whole. */
export function documentRouter(routes: ReadonlyMap<string, Route>): Router {
  return (method, path) => routes.get(`${method === "HEAD" ? "GET" : method} ${path}`);
}
