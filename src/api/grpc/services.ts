import type { OperationPath } from "../../engine/contract/table.js";
import type { Caller, ServerTraits } from "../../engine/index.js";
import { type ElanusError, type ErrorForm, failure, inForm } from "../../errors.js";
import { askPrivilege } from "../ask-privilege.js";
import type { Authenticate, EnginePort, PortOptions, Turn } from "../engine-port.js";
import { inOneState } from "../in-one-state.js";
import { asElanusError } from "../rest/envelope.js";
import type { Tap } from "../tap.js";
import { ASKED_OPERATIONS } from "./asked-operations.js";
import { HybridClock } from "./clock.js";
import { IteratorBounds } from "./iterator-bounds.js";
import { decode, encodeFrame, encodeLongLists } from "./messages/table.js";
import { encodeReply, type Rpc, type RpcCall } from "./rpc.js";
import { services } from "./rpcs.js";
import { callerOf, wrongPassword } from "./server/authenticate.js";
import { GrpcCode, GrpcFailure } from "./server/grpc-status.js";
import type { Metadata } from "./server/metadata.js";
import { notFoundInShort, statusOf } from "./status.js";
import { MalformedMessage, MessageTooLarge } from "./wire/failure.js";

/** A procedure as the transport sees it: from the bytes of a message to the frame of the reply. */
export interface GrpcMethod {
  /**
   * @param caller undefined where nobody is asked who he is
   * @param turn to be taken before a large answer is made
   * @returns the reply
   * @throws GrpcFailure, ElanusError
   */
  run(message: Uint8Array, metadata: Metadata, caller?: Caller, turn?: Turn): Promise<readonly Uint8Array[]>;
  /** The reply that tells of a failure. @param message the request, if it has been read */
  failure(error: ElanusError, message?: Uint8Array): readonly Uint8Array[];
}

export interface GrpcServices {
  /** @throws GrpcFailure for what nobody knows */
  find(path: string): GrpcMethod;
  /** Who calls; undefined where nobody is asked. @throws GrpcFailure */
  authenticate(authorization: string | undefined): Promise<Caller | undefined>;
}

/** Servers send no more either. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;
const DEFAULT_DATABASE = "default";

interface GrpcOptions {
  /** Undefined: nobody is asked who he is. */
  readonly authenticate: Authenticate | undefined;
  readonly server: ServerTraits;
  readonly tap?: Tap | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** All that gRPC clients call, in front of one engine. */
export function createGrpcServices(engine: EnginePort, options: GrpcOptions): GrpcServices {
  const { authenticate, server, tap, now } = options;
  const state: State = {
    version: server.announced,
    errorForm: server.errorForm,
    clock: new HybridClock(now),
    iterators: new IteratorBounds(),
    tap,
  };
  const methods = new Map<string, GrpcMethod>([["/grpc.health.v1.Health/Check", health]]);
  for (const [service, rpcs] of Object.entries(services)) {
    for (const [name, rpc] of Object.entries(rpcs))
      methods.set(`/${service}/${name}`, methodOf(name, rpc, engine, state));
  }
  return {
    find(path) {
      const method = methods.get(path);
      if (method === undefined) throw unknown(path);
      return method;
    },
    authenticate: (authorization) => callerOf(authenticate, authorization),
  };
}

/** What calls share. */
type State = Pick<RpcCall, "version" | "clock" | "iterators"> & {
  readonly errorForm: ErrorForm;
  readonly tap: Tap | undefined;
};

/** Probes ask for this, with credentials where these are asked for; it is up when it answers. */
const health: GrpcMethod = {
  run: async (message) => {
    decode("HealthCheckRequest", message);
    return encodeFrame("HealthCheckResponse", { status: 1 });
  },
  failure: () => encodeFrame("HealthCheckResponse", { status: 2 }),
};

function methodOf(name: string, rpc: Rpc, engine: EnginePort, state: State): GrpcMethod {
  const failed = (error: ElanusError, message?: Uint8Array): readonly Uint8Array[] => {
    const beside = message === undefined ? undefined : rpc.failed?.(message);
    const told = inForm(name === "DescribeCollection" ? error : notFoundInShort(error), state.errorForm);
    return encodeReply(rpc, beside ?? {}, statusOf(told, rpc.errorCode), MAX_REPLY_BYTES);
  };
  return {
    async run(message, metadata, caller, turn) {
      try {
        if (rpc.answer === undefined) {
          throw failure("Unsupported", { what: `${name} is not supported by the embedded engine` });
        }
        const { answer } = rpc;
        const asks = ASKED_OPERATIONS[name];
        const held = state.tap?.called(name);
        if (held !== undefined) await held;
        const seen = state.tap?.port("grpc", engine, name) ?? engine;
        const reply = await inOneState(seen, (port) =>
          answer(callOf(port, state, { ...metadata, asks, caller, turn }), message),
        );
        const shorter = encodeLongLists(rpc.reply, reply);
        return encodeReply(rpc, shorter instanceof Promise ? await shorter : shorter, {}, MAX_REPLY_BYTES);
      } catch (error) {
        if (error instanceof MalformedMessage) {
          throw new GrpcFailure(GrpcCode.Internal, `grpc: error unmarshalling request: ${error.message}`);
        }
        if (error instanceof MessageTooLarge) return failed(failure("InvalidParameter", { text: error.message }));
        const known = asElanusError(error);
        if (known.kind === "PermissionDenied") throw new GrpcFailure(GrpcCode.PermissionDenied, known.message);
        if (known.kind === "NotAuthenticated") throw wrongPassword();
        return failed(known, message);
      }
    },
    failure: failed,
  };
}

interface CallFacts extends Metadata {
  /** The operation whose privilege the RPC needs. */
  readonly asks: OperationPath | undefined;
  readonly caller: Caller | undefined;
  readonly turn: Turn | undefined;
}

function callOf(engine: EnginePort, state: State, { database, deadline, asks, caller, turn }: CallFacts): RpcCall {
  const defaultDatabase = database ?? DEFAULT_DATABASE;
  const unhurried: PortOptions = {
    database: defaultDatabase,
    replyBytes: MAX_REPLY_BYTES,
    ...(caller !== undefined && { caller: { ...caller, connection: defaultDatabase } }),
  };
  const hurried: PortOptions = {
    ...unhurried,
    ...(deadline !== undefined && { deadline }),
    ...(turn !== undefined && { turn }),
  };
  return {
    ...state,
    defaultDatabase,
    permit: (message) => askPrivilege(engine, asks, message, unhurried),
    execute: (path, request, asOf) =>
      engine.execute(path, request, asOf === undefined ? hurried : { ...hurried, asOf }) as never,
    look: (purpose, path, request) => engine.execute(path, request, { ...hurried, purpose }) as never,
    executeUnhurried: (path, request) => engine.execute(path, request, unhurried) as never,
  };
}

function unknown(path: string): GrpcFailure {
  const [, service = "", name = ""] = path.split("/");
  const text = Object.hasOwn(services, service)
    ? `unknown method ${name} for service ${service}`
    : `unknown service ${service}`;
  return new GrpcFailure(GrpcCode.Unimplemented, text);
}
