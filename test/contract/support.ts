import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/api/openapi/document.js";
import type { JsonSchema } from "../../src/api/openapi/json-schema.js";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { violations } from "../support/json-schema.js";

/** A body that is sent as it stands, JSON or not. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** One request and the reply it must get. */
export interface Step {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly reply: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

type More = Partial<Pick<Step, "status" | "headers" | "method">>;

function step(path: string, body: unknown, reply: unknown, more: More = {}): Step {
  return { method: "POST", status: 200, headers: {}, path, body, reply, ...more };
}

/** A v2 call. `reply` is the whole envelope; text matchers of vitest may stand in it. */
export function v2(path: string, body: unknown, reply: unknown, more?: More): Step {
  return step(`/v2/vectordb/${path}`, body, reply, more);
}

/** A v2 call that succeeds with `data`; other keys of the envelope are not looked at. */
export function ok(path: string, body: unknown, data: unknown = {}, more?: More): Step {
  return v2(path, body, expect.objectContaining({ code: 0, data }), more);
}

/** A v2 call that fails with exactly this envelope; `message` may be a matcher. */
export function fails(path: string, body: unknown, code: number, message: unknown, more?: More): Step {
  return v2(path, body, { code, message }, more);
}

export function v1(target: string, body: unknown, reply: unknown, more?: More): Step {
  const [method = "", path = ""] = target.split(" ");
  return step(`/v1/vector/${path}`, body, reply, { method, ...more });
}

/** A call of the 9091 surface: `legacy("DELETE /partition", ...)`. */
export function legacy(target: string, body: unknown, reply: unknown, more?: More): Step {
  const [method = "", path = ""] = target.split(" ");
  return step(`/api/v1${path}`, body, reply, { method, ...more });
}

/** Text that begins and ends so: what stands between is not documented. */
export function around(head: string, tail = ""): unknown {
  const escaped = [head, tail].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return expect.stringMatching(new RegExp(`^${escaped[0]}[\\s\\S]*${escaped[1]}$`));
}

/** An Int64 that the engine chose: `bigint` in process when it is no safe number. */
export const anyId: unknown = {
  asymmetricMatch: (value: unknown) => typeof value === "bigint" || Number.isInteger(value),
  toString: () => "anyId",
};

export interface Answer {
  readonly status: number;
  readonly envelope: unknown;
}

const described = openApiDocument("") as {
  readonly paths: Readonly<Record<string, { readonly post: Described }>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
};
interface Described {
  readonly responses: Readonly<Record<number, { readonly content: { readonly "application/json": Content } }>>;
}
interface Content {
  readonly schema: JsonSchema;
}
const references = Object.fromEntries(
  Object.entries(described.components.schemas).map(([name, schema]) => [`#/components/schemas/${name}`, schema]),
);

/** What of an answer of REST v2 is not as its description says. */
export function undescribed(
  { method, path }: Pick<Step, "method" | "path">,
  { status, envelope }: Answer,
): readonly string[] {
  const operation = method === "POST" ? described.paths[path.split("?")[0] ?? ""]?.post : undefined;
  // Requests that are too large or too late are no matter of one operation.
  if (operation === undefined || status === 408 || status === 413) return [];
  const response = operation.responses[status];
  if (response === undefined) return [`there is no answer with status ${status}`];
  return violations(envelope, response.content["application/json"].schema, references);
}

/** One way to send a step to a database. */
export interface Transport {
  readonly name: string;
  /** Whether it carries text and HTTP statuses. */
  readonly http: boolean;
  open(db: Elanus): Promise<{ send(step: Step): Promise<Answer>; close(): Promise<void> }>;
}

const inProcess: Transport = {
  name: "db.request",
  http: false,
  open: async (db) => ({
    send: async ({ path, body, method, headers }) => ({
      status: 200,
      envelope: await db.request(path, structuredClone(body), { method, headers }),
    }),
    close: async () => {},
  }),
};

const byFetch: Transport = {
  name: "db.fetch",
  http: true,
  open: async (db) => ({
    send: async (given) => {
      const bodyless = given.method === "GET" || given.body === undefined;
      // A WHATWG Request carries no GET body: its keys go into the query string.
      const path = given.method === "GET" ? withQuery(given.path, given.body) : given.path;
      const init = { method: given.method, headers: given.headers, ...(!bodyless && { body: textOf(given.body) }) };
      const response = await db.fetch(new Request(`http://milvus${path}`, init));
      return { status: response.status, envelope: read(await response.text()) };
    },
    close: async () => {},
  }),
};

const bySocket: Transport = {
  name: "HTTP",
  http: true,
  open: async (db) => {
    const server = await db.listen({ port: 0 });
    return {
      send: (given) => sendHttp(server.port, given),
      close: () => server.close(),
    };
  },
};

export const TRANSPORTS: readonly Transport[] = [inProcess, byFetch, bySocket];

function sendHttp(port: number, { method, path, body, headers }: Step): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? "" : textOf(body);
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { ...headers, "content-length": Buffer.byteLength(text) },
    };
    const request = httpRequest(options, (response) => {
      let answer = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        answer += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, envelope: read(answer) }));
    });
    request.on("error", reject);
    request.end(text);
  });
}

function textOf(body: unknown): string {
  return body instanceof Raw ? body.text : JSON.stringify(body);
}

function withQuery(path: string, body: unknown): string {
  if (typeof body !== "object" || body === null || path.includes("?")) return path;
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
  }
  const query = params.toString();
  return query === "" ? path : `${path}?${query}`;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The contracts of REST and port 9091 tell codes and texts of Milvus 2.6. */
export const OF_2_6: OpenOptions = { serverVersion: "2.6" };

/**
 * A list of requests in order, each with the reply it must get, run on a fresh database in process, by fetch and over a
 * socket. Steps with raw bodies and statuses other than 200 exist over HTTP only.
 */
export function contract(name: string, steps: readonly Step[], options: OpenOptions = {}): void {
  describe(name, () => {
    for (const transport of TRANSPORTS) {
      it(`holds by ${transport.name}`, async () => {
        const db = await Elanus.open(":memory:", { ...OF_2_6, ...options });
        const line = await transport.open(db);
        try {
          for (const [i, given] of steps.entries()) {
            if (!transport.http && given.body instanceof Raw) continue;
            const answer = await line.send(given);
            const title = `step ${i + 1}: ${given.method} ${given.path} ${JSON.stringify(given.body)?.slice(0, 300)}`;
            expect(answer.envelope, title).toEqual(given.reply);
            expect(undescribed(given, answer), title).toEqual([]);
            if (transport.http) expect(answer.status, title).toBe(given.status);
          }
        } finally {
          await line.close();
          await db.close();
        }
      });
    }
  });
}

/** Quick setup of a collection `book` with 4 dimensions and L2, loaded. */
export const book: Step = ok("collections/create", { collectionName: "book", dimension: 4, metricType: "L2" });

/** Rows 1..n; row i has the vector [i, 0, 0, 0] and the colour red (odd) or blue (even). */
export function rows(n: number, first = 1): { id: number; vector: number[]; color: string }[] {
  return Array.from({ length: n }, (_, i) => ({
    id: first + i,
    vector: [first + i, 0, 0, 0],
    color: (first + i) % 2 === 1 ? "red" : "blue",
  }));
}
