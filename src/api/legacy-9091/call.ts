import type { FactsOf } from "../../engine/contract/facts.js";
import { refuseFutureMessageFields, refuseNewerMessageFields } from "../../engine/contract/future-fields.js";
import type { OperationPath, RequestOf, ResultOf } from "../../engine/contract/table.js";
import { failure } from "../../errors.js";
import { shownText } from "../../values/shown-text.js";
import type { EnginePort, Reply } from "../engine-port.js";
import { defined, type Fields, isObject } from "../fields.js";
import { executeOptions } from "../rest/decode.js";
import type { Call } from "../surface.js";
import { type Message, readMessage } from "./decode.js";
import type { ReplyKind } from "./envelope.js";

/** A request of an operation in which absent fields may stand as `undefined`. */
type Loose<Request> = { readonly [Key in keyof Request]: Request[Key] | undefined };

/** A request of this surface: its fields and the engine. */
export interface LegacyCall {
  /** What is announced to clients. */
  readonly version: string;
  /** In the kinds of the endpoint's message. */
  readonly fields: Fields;
  /** Runs an operation; resolves to its result. */
  run<Path extends OperationPath>(path: Path, request: Loose<RequestOf<Path>>): Promise<ResultOf<Path>>;
  /** Looks something up for the operation that is asked for, whose privilege counts. */
  look<Path extends OperationPath>(
    purpose: OperationPath,
    path: Path,
    request: Loose<RequestOf<Path>>,
  ): Promise<Reply<ResultOf<Path>, FactsOf<Path>>>;
  /** The same as `run` with what is known beside the result. */
  reply<Path extends OperationPath>(
    path: Path,
    request: Loose<RequestOf<Path>>,
  ): Promise<Reply<ResultOf<Path>, FactsOf<Path>>>;
  /** Database and collection of the request under the names of REST v2. */
  readonly collection: { readonly dbName: string; readonly collectionName: string };
}

export interface LegacyEndpoint {
  readonly message: Message;
  readonly reply: ReplyKind;
  /** Resolves to what stands beside `status`; ignored for bare statuses. */
  readonly run: (call: LegacyCall) => Promise<Fields | undefined>;
  /** What a failed data reply holds beside `status`. */
  readonly failed?: (fields: Fields) => Fields;
  /** What it stands for: whose privilege is asked for first, and whose fields of newer versions of Milvus are refused. */
  readonly operation?: OperationPath;
  /** What failed, in front of refusals of the old load rules: `load partitions`. */
  readonly action?: string;
}

export function legacyCall(engine: EnginePort, call: Call, fields: Fields, version: string): LegacyCall {
  const options = executeOptions(call);
  const reply = async <Path extends OperationPath>(
    path: Path,
    request: Loose<RequestOf<Path>>,
    purpose: OperationPath = path,
  ) =>
    (await engine.execute(path, defined(request as Fields), {
      ...options,
      ...(purpose !== path && { purpose }),
    })) as Reply<ResultOf<Path>, FactsOf<Path>>;
  return {
    version,
    fields,
    reply,
    look: (purpose, path, request) => reply(path, request, purpose),
    run: async (path, request) => (await reply(path, request)).data,
    collection: { dbName: textField(fields, "db_name"), collectionName: textField(fields, "collection_name") },
  };
}

/** The fields of a request. @throws UnreadableBody, NotReady, Unsupported for a field of a newer Milvus */
export function legacyFields(engine: EnginePort, call: Call, { message, operation }: LegacyEndpoint): Fields {
  engine.requireOpen();
  const fields = readMessage(call, message);
  if (operation !== undefined && call.body.kind === "value") {
    // As it came, with what was read from keys in another case.
    const given = { ...fields, ...(call.body.value as object | null) };
    refuseFutureMessageFields(operation, given);
    refuseNewerMessageFields(operation, given);
  }
  return fields;
}

/** A text field of a message; empty when it is absent. */
export function textField(fields: Fields, key: string): string {
  return (fields[key] as string | undefined) ?? "";
}

/** A list of texts in a message; empty when it is absent. */
export function textsField(fields: Fields, key: string): readonly string[] {
  return (fields[key] as readonly string[] | undefined) ?? [];
}

/** A number in a message; undefined when it is absent. */
export function numberField(fields: Fields, key: string): number | undefined {
  const value = fields[key] as number | bigint | undefined;
  return value === undefined ? undefined : Number(value);
}

/** A parameter as text: servers know no other; numbers and booleans are tolerated, and all else is shown in a refusal. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : shownText(value);
}

/** A parameter that holds JSON text (or, tolerated, the object itself). @throws InvalidParameter */
export function jsonParameter(name: string, value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (isObject(value)) return value;
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (isObject(parsed)) return parsed;
  } catch {
    // Answered below, as any other text that is no object.
  }
  throw failure("InvalidParameter", { text: `${name} is not a JSON object: ${textOf(value)}` });
}
