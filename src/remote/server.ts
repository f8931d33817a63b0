import { V2_PREFIX } from "../api/rest/v2/routes.js";
import { failure } from "../errors.js";
import type { DoubleForm } from "../values/json-parser.js";
import { type Answer, type AnswerEnvelope, readEnvelope } from "./answer.js";
import type { MilvusClient } from "./client.js";
import { knownError } from "./known-errors.js";

/** On whose behalf a call is made, and how long it may take. */
export interface CallContext {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that are left for it. */
  readonly timeoutMs?: number | undefined;
  /** Absent: that of the client. */
  readonly token?: string | undefined;
}

export interface Question {
  /** As in the contract: `collections/has`. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
  /** It may be asked twice. */
  readonly repeatable: boolean;
  /** Whether doubles that are integers are told apart. Default: they are numbers. */
  readonly doubles?: DoubleForm;
}

/** What servers since 3.0 send with each answer. */
const TRACE_ID = "x-milvus-trace-id";

/** The operations of one server: REST v2, with its failures as errors of the catalogue. */
export class Server {
  readonly client: MilvusClient;
  #newer = false;
  #isElanus: Promise<boolean> | undefined;

  constructor(client: MilvusClient) {
    this.client = client;
  }

  /**
   * Asks for an operation, answers its envelope of success.
   *
   * @throws what the server says, in the kinds of the catalogue; Unsupported for an operation that it does not have; ServerUnreachable,
   * AnswerUnreadable, Timeout, Canceled
   */
  async ask(
    { path, body, repeatable, doubles = "number" }: Question,
    context: CallContext = {},
  ): Promise<AnswerEnvelope> {
    const answer = await this.client.call(`${V2_PREFIX}${path}`, body, {
      ...context,
      repeatable,
      // Int64 as numbers: of all digits there is one reader here. Strings are what servers before 2.5 send else.
      headers: { "accept-type-allow-int64": "true" },
    });
    this.#newer ||= answer.headers[TRACE_ID] !== undefined;
    this.#refuseStatus(path, answer);
    const envelope = readEnvelope(answer, this.client.address.text, doubles);
    if (envelope.code === 0) return envelope;
    const { message } = envelope;
    throw knownError(envelope.code, typeof message === "string" ? message : "");
  }

  /** Whether JSON fields come as the values they hold, and not as their text: since Milvus 3.0, and always from Elanus. */
  printsValues(): Promise<boolean> {
    return this.#newer ? Promise.resolve(true) : this.isElanus();
  }

  /** Milvus has no such page; Elanus describes itself. */
  isElanus(): Promise<boolean> {
    this.#isElanus ??= this.client.call("/openapi.json", "{}", { method: "GET", repeatable: true }).then(
      ({ status, text }) => status === 200 && text.includes('"openapi"'),
      () => false,
    );
    return this.#isElanus;
  }

  /** What a status says by itself, where there is no envelope: older servers, and gateways, send none. */
  #refuseStatus(path: string, { status, text }: Answer): void {
    if (text.trimStart().startsWith("{")) return;
    const { text: address } = this.client.address;
    switch (status) {
      case 401:
        throw failure("NotAuthenticated");
      case 404: {
        const what = `the server at ${address} has no ${V2_PREFIX}${path}: it is of a version without it, or no Milvus`;
        throw failure("Unsupported", { what });
      }
      case 408:
        throw failure("Timeout", { context: address });
    }
  }
}
