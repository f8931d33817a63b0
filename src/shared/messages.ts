import type { OperationPath } from "../engine/contract/table.js";
import type { TransferKind, TransferProgress, TransferRequest } from "../engine/contract/transfers.js";
import type {
  ApplicationFunctions,
  CheckResult,
  Credential,
  Engine,
  EngineOptions,
  EngineStats,
  ExecuteOptions,
  NamedObjects,
  PermitOptions,
  Preload,
  ProgressEvent,
  WriteId,
} from "../engine/index.js";
import type { FunctionAnswer, FunctionCall, WireError } from "../worker/protocol.js";
import { frameOf, LENGTH_BYTES } from "./frames.js";
import { type Form, payloadOf, readPayload } from "./payload.js";

/** What can be asked of an engine, as plain data. */
export type Asked =
  | { readonly method: "execute"; readonly path: string; readonly request: object; readonly options: ExecuteOptions }
  | {
      readonly method: "permit";
      readonly path: OperationPath;
      readonly names: NamedObjects;
      readonly options: PermitOptions;
    }
  | { readonly method: "authenticate"; readonly credential: Credential }
  | { readonly method: "preload"; readonly wanted: Preload }
  | {
      readonly method: "transfer";
      readonly kind: TransferKind;
      readonly request: TransferRequest<TransferKind>;
      readonly write?: WriteId;
    }
  | { readonly method: "check" | "stats" };

/** Who comes to share a file, when both sides have proved who they are. */
export interface Introduction {
  /** Drawn anew for each opening, and the same after a takeover. */
  readonly session: string;
  /** The options that it was opened with. */
  readonly options: EngineOptions;
  /** That it has the key of the file (`proofOfKey`); absent: it has none. */
  readonly key: string | undefined;
  /** Names of the models that it lends for its calls. */
  readonly functions: readonly (keyof ApplicationFunctions)[];
}

export interface Welcome {
  readonly process: number;
  /** With which the owner has the file open, and with which whoever comes after him will. */
  readonly options: EngineOptions;
}

export type PeerMessage =
  | { readonly kind: "introduction"; readonly introduction: Introduction }
  | { readonly kind: "ask"; readonly id: number; readonly asked: Asked }
  | { readonly kind: "abort"; readonly id: number }
  /** What one of its models has answered. */
  | { readonly kind: "answer"; readonly answer: FunctionAnswer }
  | { readonly kind: "listen"; readonly on: boolean }
  | { readonly kind: "ping" };

export type OwnerMessage =
  | { readonly kind: "welcome"; readonly welcome: Welcome }
  | { readonly kind: "refused"; readonly error: WireError }
  | { readonly kind: "reply"; readonly id: number; readonly value?: unknown; readonly error?: WireError }
  | { readonly kind: "progress"; readonly id: number; readonly progress: TransferProgress }
  | { readonly kind: "event"; readonly event: ProgressEvent }
  /** A model of the peer is to run, or nobody waits for it any more. */
  | { readonly kind: "call"; readonly id: number; readonly call: FunctionCall }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "pong" };

/** @throws InvalidParameter for what is too large, DataCloneError or TypeError for what is no data */
export function frameOfMessage(message: PeerMessage | OwnerMessage, form: Form): Buffer {
  return frameOf(payloadOf(message, form));
}

/** Only for what somebody has written who knows the secret. */
export function readMessage<Message extends PeerMessage | OwnerMessage>(payload: Buffer): Message {
  return readPayload(payload) as Message;
}

/** The message of a whole frame of ours, in memory of its own. */
export function readFrame<Message extends PeerMessage | OwnerMessage>(frame: Buffer): Message {
  return readMessage<Message>(Buffer.from(new Uint8Array(frame.subarray(LENGTH_BYTES)).buffer));
}

/** What is around a call that is no data. */
export interface CallSurroundings {
  readonly signal?: AbortSignal | undefined;
  readonly functions?: ApplicationFunctions | undefined;
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined;
}

/** Does on an engine what was asked. */
export async function answerAsked(
  engine: Engine,
  asked: Asked,
  { signal, functions, onProgress }: CallSurroundings,
): Promise<unknown> {
  switch (asked.method) {
    case "execute":
      return engine.execute(asked.path, asked.request, {
        ...asked.options,
        ...(signal !== undefined && { signal }),
        ...(functions !== undefined && { functions }),
      });
    case "permit":
      return engine.permit(asked.path, asked.names, asked.options);
    case "authenticate":
      return engine.authenticate(asked.credential);
    case "preload":
      return engine.preload(asked.wanted);
    case "transfer":
      return engine.transfer(asked.kind, asked.request, { signal, onProgress, functions, write: asked.write });
    case "check":
      return engine.check() satisfies Promise<CheckResult>;
    case "stats":
      return engine.stats() satisfies Promise<EngineStats>;
  }
}
