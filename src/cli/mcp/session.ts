import type { Elanus } from "../../index.js";
import { errorText } from "./answer-size.js";
import {
  INTERNAL_ERROR,
  INVALID_PARAMS,
  isObject,
  METHOD_NOT_FOUND,
  type Message,
  RpcError,
  UNSUPPORTED_VERSION,
} from "./messages.js";
import type { Tool } from "./tool.js";

/** Versions that begin with a handshake, the newest first. */
const HANDSHAKE_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;
/** Since this one each request says itself which version it is of, and who makes it. */
const PLAIN_VERSIONS = ["2026-07-28"] as const;
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const SERVER_KEY = "io.modelcontextprotocol/serverInfo";

/** Lists of tools and what is told of this server may be kept by nobody: `--write` changes them. */
const UNCACHED = { ttlMs: 0, cacheScope: "private" } as const;
const INSTRUCTIONS =
  "A vector database. Call list_collections, then describe for the fields of one; filters are Milvus expressions such as " +
  '`year > 1950 and title like "M%"`. Answers hold at most 100 rows and 100 KB, without vectors.';

export interface SessionOptions {
  readonly db: Elanus;
  readonly tools: readonly Tool[];
  readonly version: string;
}

type Answer = Readonly<Record<string, unknown>>;

/** Answers the requests of a client, whichever version of the protocol they are of. */
export class Session {
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The result of a request. @throws RpcError */
  async answer(message: Message): Promise<Answer> {
    const meta = message.params["_meta"];
    const version = isObject(meta) ? meta[VERSION_KEY] : undefined;
    if (version === undefined) return this.#handshake(message) ?? (await this.#run(message)) ?? unknown(message);
    if (!PLAIN_VERSIONS.some((known) => known === version)) {
      const data = { supported: PLAIN_VERSIONS, requested: errorText(String(version)) };
      throw new RpcError(UNSUPPORTED_VERSION, `Unsupported protocol version: ${version}`, data);
    }
    const result = this.#discover(message) ?? (await this.#run(message)) ?? unknown(message);
    const cached = message.method === "tools/call" ? {} : UNCACHED;
    return { resultType: "complete", ...cached, ...result, _meta: { [SERVER_KEY]: this.#identity } };
  }

  get #identity(): Answer {
    return { name: "elanus", title: "Elanus", version: this.#options.version };
  }

  /** What only versions with a handshake ask. */
  #handshake({ method, params }: Message): Answer | undefined {
    if (method === "ping") return {};
    if (method !== "initialize") return undefined;
    const asked = HANDSHAKE_VERSIONS.find((known) => known === params["protocolVersion"]);
    return {
      protocolVersion: asked ?? HANDSHAKE_VERSIONS[0],
      capabilities: { tools: {} },
      serverInfo: this.#identity,
      instructions: INSTRUCTIONS,
    };
  }

  /** What only versions without one ask. */
  #discover({ method }: Message): Answer | undefined {
    if (method !== "server/discover") return undefined;
    return { supportedVersions: PLAIN_VERSIONS, capabilities: { tools: {} }, instructions: INSTRUCTIONS };
  }

  async #run({ method, params }: Message): Promise<Answer | undefined> {
    const { tools } = this.#options;
    if (method === "tools/list") {
      return {
        tools: tools.map(({ name, description, inputSchema, annotations }) => ({
          name,
          description,
          inputSchema,
          annotations,
        })),
      };
    }
    if (method !== "tools/call") return undefined;
    const { name, arguments: given = {} } = params;
    const tool = tools.find((known) => known.name === name);
    if (tool === undefined) throw new RpcError(INVALID_PARAMS, `Unknown tool: ${String(name)}`);
    if (!isObject(given)) throw new RpcError(INVALID_PARAMS, "the arguments of a tool are an object");
    const { text, failed } = await tool.call(this.#options.db, given);
    return { content: [{ type: "text", text }], isError: failed };
  }
}

function unknown({ method }: Message): never {
  throw new RpcError(METHOD_NOT_FOUND, `Method not found: ${method}`);
}

/** What is sent where a request has failed. */
export function errorOf(error: unknown): Answer {
  if (!(error instanceof RpcError)) return { code: INTERNAL_ERROR, message: errorText(String(error)) };
  const { code, message, data } = error;
  return { code, message: errorText(message), ...(data !== undefined && { data }) };
}
