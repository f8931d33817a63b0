import type { OperationPath, RequestOf } from "../../engine/contract/table.js";
import type { Caller, ServerTraits } from "../../engine/index.js";
import { type ElanusError, type ErrorForm, failure, inForm } from "../../errors.js";
import type { Soon } from "../../values/soon-or-later.js";
import { askPrivilege } from "../ask-privilege.js";
import type { Authenticate, EnginePort, PortOptions, Turn } from "../engine-port.js";
import { inOneState } from "../in-one-state.js";
import { asElanusError } from "../rest/envelope.js";
import type { Tap } from "../tap.js";
import { ASKED_OPERATIONS } from "./asked-operations.js";
import { HybridClock } from "./clock.js";
import { IteratorBounds } from "./iterator-bounds.js";
import { decode, encodeFrame, encodeLongLists } from "./messages/table.js";
import { encodeReply, type ReplyOf, type Rpc, type RpcCall } from "./rpc.js";
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
  authenticate(authorization: string | undefined): Soon<Caller | undefined>;
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
        const answered = inOneState(seen, (port) =>
          answer(new EngineCall(port, state, { metadata, asks, caller, turn }), message),
        );
        const reply = answered instanceof Promise ? await answered : answered;
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

interface CallFacts {
  readonly metadata: Metadata;
  /** The operation whose privilege the RPC needs. */
  readonly asks: OperationPath | undefined;
  readonly caller: Caller | undefined;
  readonly turn: Turn | undefined;
}

/** One call, in front of the engine as it sees it. */
class EngineCall implements RpcCall {
  readonly clock: HybridClock;
  readonly iterators: IteratorBounds;
  readonly version: string;
  readonly defaultDatabase: string;
  readonly #engine: EnginePort;
  readonly #asks: OperationPath | undefined;
  readonly #unhurried: PortOptions;
  readonly #hurried: PortOptions;

  constructor(
    engine: EnginePort,
    { clock, iterators, version }: State,
    { metadata: { database = DEFAULT_DATABASE, deadline }, asks, caller, turn }: CallFacts,
  ) {
    this.clock = clock;
    this.iterators = iterators;
    this.version = version;
    this.defaultDatabase = database;
    this.#engine = engine;
    this.#asks = asks;
    const unhurried: { -readonly [Key in keyof PortOptions]: PortOptions[Key] } = {
      database,
      replyBytes: MAX_REPLY_BYTES,
    };
    if (caller !== undefined) unhurried.caller = { ...caller, connection: database };
    const hurried = { ...unhurried };
    if (deadline !== undefined) hurried.deadline = deadline;
    if (turn !== undefined) hurried.turn = turn;
    this.#unhurried = unhurried;
    this.#hurried = hurried;
  }

  permit(message: object): Promise<void> | undefined {
    return askPrivilege(this.#engine, this.#asks, message, this.#unhurried);
  }

  execute<Path extends OperationPath>(path: Path, request: RequestOf<Path>, asOf?: number): ReplyOf<Path> {
    const options = asOf === undefined ? this.#hurried : { ...this.#hurried, asOf };
    return this.#engine.execute(path, request, options) as ReplyOf<Path>;
  }

  look<Path extends OperationPath>(purpose: OperationPath, path: Path, request: RequestOf<Path>): ReplyOf<Path> {
    return this.#engine.execute(path, request, { ...this.#hurried, purpose }) as ReplyOf<Path>;
  }

  executeUnhurried<Path extends OperationPath>(path: Path, request: RequestOf<Path>): ReplyOf<Path> {
    return this.#engine.execute(path, request, this.#unhurried) as ReplyOf<Path>;
  }
}

function unknown(path: string): GrpcFailure {
  const [, service = "", name = ""] = path.split("/");
  const text = Object.hasOwn(services, service)
    ? `unknown method ${name} for service ${service}`
    : `unknown service ${service}`;
  return new GrpcFailure(GrpcCode.Unimplemented, text);
}
