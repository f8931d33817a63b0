import type { FactsOf } from "../../engine/contract/facts.js";
import type { Reply } from "../../engine/contract/reply.js";
import type { OperationPath, RequestOf, ResultOf } from "../../engine/contract/table.js";
import type { Soon } from "../../values/soon-or-later.js";
import type { HybridClock } from "./clock.js";
import type { IteratorBounds } from "./iterator-bounds.js";
import { decode, encodeFrame, type MessageName, messages, type Received, type Sent } from "./messages/table.js";
import type { FieldSpec } from "./wire/field-table.js";

/** What an operation answers. */
export type ReplyOf<Path extends OperationPath> = Promise<Reply<ResultOf<Path>, FactsOf<Path>>>;

/** What a handler may use. */
export interface RpcCall {
  readonly clock: HybridClock;
  /** Where search iterators stand. */
  readonly iterators: IteratorBounds;
  /** Announced to clients: the version of Milvus that is tracked, and our name. */
  readonly version: string;
  /** Database of requests that name none. */
  readonly defaultDatabase: string;
  /** Asks whether the caller may do what a message says; undefined where nobody is asked. @throws PermissionDenied */
  permit(message: object): Promise<void> | undefined;
  /**
   * Runs an operation.
   *
   * @param asOf when rows must live that expire, in milliseconds since the epoch; absent: now
   * @throws ElanusError
   */
  execute<Path extends OperationPath>(path: Path, request: RequestOf<Path>, asOf?: number): ReplyOf<Path>;
  /**
   * Looks something up, or does it, for an operation that the caller has asked for: the privilege of that one counts.
   * @throws ElanusError
   */
  look<Path extends OperationPath>(purpose: OperationPath, path: Path, request: RequestOf<Path>): ReplyOf<Path>;
  /** Runs an operation that goes on when the caller has its answer: the call's deadline does not end it. */
  executeUnhurried<Path extends OperationPath>(path: Path, request: RequestOf<Path>): ReplyOf<Path>;
}

/** How urgently an RPC is needed: from what every quick start calls (1) to what is refused or fixed (7). */
export type Rung = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** One remote procedure. */
export interface Rpc {
  readonly request: string;
  readonly reply: MessageName;
  readonly rung: Rung;
  /** Field of the reply that holds its status; "" when the reply is a status; undefined when it has none. */
  readonly statusField: string | undefined;
  /** Undefined: refused. Gives the reply without its status. */
  readonly answer: ((call: RpcCall, request: Uint8Array) => Soon<object>) | undefined;
  /** What a failed reply holds beside its status. */
  readonly failed: ((request: Uint8Array) => object) | undefined;
  /** The older `error_code` of failures that have none of their own. */
  readonly errorCode?: number;
}

/**
 * An RPC that is answered.
 *
 * @param handle gives the reply without its status
 * @param failed gives what a failed reply holds beside its status
 */
export function rpc<Req extends MessageName, Rep extends MessageName>(
  rung: Rung,
  request: Req,
  reply: Rep,
  handle: (request: Received<Req>, call: RpcCall) => Soon<Sent<Rep>>,
  failed?: (request: Received<Req>) => Sent<Rep>,
): Rpc {
  return {
    request,
    reply,
    rung,
    statusField: statusFieldOf(reply),
    answer(call, bytes) {
      const message = decode(request, bytes);
      const permission = call.permit(message);
      return permission === undefined ? handle(message, call) : permission.then(() => handle(message, call));
    },
    failed: failed && ((bytes) => failed(decode(request, bytes))),
  };
}

/** An RPC whose failures have an `error_code` of their own. */
export function coded(errorCode: number, answered: Rpc): Rpc {
  return { ...answered, errorCode };
}

/** An RPC that Milvus has and the engine has not. */
export function refused(rung: Rung, request: string, reply: MessageName): Rpc {
  return { request, reply, rung, statusField: statusFieldOf(reply), answer: undefined, failed: undefined };
}

function statusFieldOf(reply: MessageName): string | undefined {
  if (reply === "Status") return "";
  return Object.entries<FieldSpec>(messages[reply]).find(([, [, type]]) => type === "Status")?.[0];
}

/** The frame of a reply with its status, in parts. @throws MessageTooLarge */
export function encodeReply(rpc: Rpc, reply: object, status: Sent<"Status">, maxBytes: number): readonly Uint8Array[] {
  const { statusField } = rpc;
  const whole = statusField === "" ? status : statusField === undefined ? reply : { ...reply, [statusField]: status };
  return encodeFrame(rpc.reply, whole as Sent<MessageName>, maxBytes);
}
