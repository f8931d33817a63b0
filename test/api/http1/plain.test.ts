import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { PlainHeads } from "../../../src/api/http1/plain-head.js";
import { createApi, type ElanusServer, type ListenOptions } from "../../../src/api/index.js";
import { fakeEngine } from "../fake-engine.js";

const servers: ElanusServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function served(options: ListenOptions = {}, maxBodyBytes?: number): Promise<ElanusServer> {
  const engine = fakeEngine({
    // Says what it was asked, so that answers can be told apart.
    "entities/insert": (request) => ({ data: { insertCount: 1, insertIds: [], asked: request } }) as never,
    "collections/list": () => ({ data: ["book", "b\u00fccher"] }),
  });
  const server = await createApi(engine, maxBodyBytes === undefined ? {} : { maxBodyBytes }).listen({
    port: 0,
    ...options,
  });
  servers.push(server);
  return server;
}

/** A connection, and all that has come on it. */
function client({ port }: ElanusServer, halfOpen = false) {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: halfOpen });
  sockets.push(socket);
  let received = "";
  let ended = false;
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  socket.setEncoding("utf8").on("data", (text) => {
    received += text;
    tell();
  });
  socket.on("error", () => {});
  for (const event of ["end", "close"]) {
    socket.on(event, () => {
      ended = true;
      tell();
    });
  }
  const until = (done: () => boolean): Promise<string> =>
    new Promise((resolve) => {
      const look = () => {
        if (!done() && !ended) return;
        waiting.delete(look);
        resolve(received);
      };
      waiting.add(look);
      look();
    });
  return {
    socket,
    /** What has come when there are so many answers, or the connection has ended. */
    answers: (count: number) => until(() => received.split("HTTP/1.1 ").length > count && complete(received)),
    end: () => until(() => false),
  };
}

/** Whether the last answer has come as a whole. */
function complete(text: string): boolean {
  const head = text.lastIndexOf("HTTP/1.1 ");
  const end = text.indexOf("\r\n\r\n", head);
  const length = Number(/content-length: (\d+)/.exec(text.slice(head, end))?.[1] ?? 0);
  return end >= 0 && Buffer.byteLength(text.slice(end + 4)) >= length;
}

/** An answer without what differs from one to the next. */
const same = (answer: string) =>
  answer
    .replace(/x-milvus-trace-id: [0-9a-f]{32}/g, "x-milvus-trace-id: 0")
    .replace(/Date: .* GMT/g, "Date: now")
    .replace(/^(HTTP.*?)\r\n\r\n/s, (head) => head.toLowerCase().split("\r\n").sort().join("\r\n"));

const INSERT = "/v2/vectordb/entities/insert";
function request(path: string, body: string, headers: readonly string[] = [], method = "POST"): string {
  const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", ...length, ...headers].join("\r\n")}\r\n\r\n${body}`;
}
const row = (id: number) => JSON.stringify({ collectionName: "book", data: [{ id, text: "\u00fc\u{1f600}" }] });
/** Read by node:http, whatever else is in the request. */
const BY_NODE = "TE: trailers";

describe("requests that are as most are", () => {
  it("are answered as node:http answers them, to the header", async () => {
    const server = await served();
    const requests: Parameters<typeof request>[] = [
      [INSERT, row(1)],
      ["/v2/vectordb/collections/list", "{}"],
      ["/v2/vectordb/collections/list", ""],
      ["/v2/vectordb/collections/list?a=b", "{}"],
      ["/v2/vectordb/nothing", ""],
      [INSERT, "{"],
      [INSERT, row(1), ["Accept-Type-Allow-Int64: false", "Request-Timeout: 10"]],
      [INSERT, "", ["Origin: http://evil.example"]],
      [INSERT, row(1), ["Connection: close"]],
      ["/v1/vector/collections", "", [], "GET"],
      ["/api/v1/health", "", [], "GET"],
      ["/healthz", "", [], "GET"],
    ];
    for (const [path, body, headers = [], method] of requests) {
      const plain = client(server);
      plain.socket.write(request(path, body, headers, method));
      const byNode = client(server);
      byNode.socket.write(request(path, body, [...headers, BY_NODE], method));
      expect(same(await plain.answers(1))).toBe(same(await byNode.answers(1)));
    }
  });

  it("may come in any pieces, many at once, with others between them: answers come in their order", async () => {
    const server = await served();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("plain", "node", "chunked"), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(2000), { maxLength: 6 }),
        async (kinds, cuts) => {
          const bytes = Buffer.from(
            kinds
              .map((kind, i) => {
                const body = row(i);
                if (kind !== "chunked") return request(INSERT, body, kind === "node" ? [BY_NODE] : []);
                const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
                return `POST ${INSERT} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`;
              })
              .join(""),
          );
          const { socket, answers } = client(server);
          const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
          let at = 0;
          for (const place of [...places, bytes.length]) {
            socket.write(bytes.subarray(at, place));
            await new Promise((resolve) => setImmediate(resolve));
            at = place;
          }
          const ids = [...(await answers(kinds.length)).matchAll(/"id":(\d+)/g)].map(([, id]) => Number(id));
          expect(ids).toEqual(kinds.map((_, i) => i));
          socket.destroy();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are answered one after the other, however many come in one piece", async () => {
    const server = await served();
    const { socket, answers } = client(server);
    const count = 1500;
    socket.write(request("/no", "", [], "GET").repeat(count));
    const all = await answers(count);
    expect(all.match(/HTTP\/1\.1 404 /g)).toHaveLength(count);
  });

  it("are answered to who sends nothing more, to the last one", async () => {
    const server = await served();
    const { socket, end } = client(server, true);
    socket.end([1, 2, 3].map((id) => request(INSERT, row(id))).join(""));
    expect([...(await end()).matchAll(/"id":(\d)/g)].map(([, id]) => id)).toEqual(["1", "2", "3"]);
  });

  it("end their connection where the rest of the body is not wanted, and what comes of it is no request", async () => {
    const server = await served({}, 1000);
    const { socket, end } = client(server);
    const smuggled = request(INSERT, row(7));
    socket.write(`POST ${INSERT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n${smuggled}`);
    socket.write(smuggled);
    const answer = await end();
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*Connection: close\r\n.*1102/s);
    expect(answer).not.toContain('"id":7');
  });

  it("leave nothing behind when their client goes away in the middle", async () => {
    const server = await served({ maxConcurrentRequests: 2 });
    for (let i = 0; i < 6; i++) {
      const { socket } = client(server);
      socket.write(`POST ${INSERT} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const answer = async () => {
      const { socket, answers } = client(server);
      socket.write(request(INSERT, row(1)));
      const text = await answers(1);
      socket.destroy();
      return text;
    };
    await expect.poll(answer).toContain('"id":1');
  });
});

describe("PlainHeads", () => {
  const HEAD = "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
  const bytesOf = (text: string) => Buffer.from(text, "latin1");
  const read = (text: string) => new PlainHeads(16 * 1024).read(bytesOf(text));

  it("reads heads of one form", () => {
    expect(read(`${HEAD}12345`)).toEqual({
      head: { method: "POST", path: "/a", query: "b", headers: { host: "x" }, keepAlive: true },
      headBytes: HEAD.length,
      bodyBytes: 5,
    });
  });

  it("reads a head behind others as if there had been none before", () => {
    const length = fc.oneof(
      fc.nat(2000).map(String),
      fc.constantFrom(
        "",
        "007",
        "999999999999999",
        "1234567890123456",
        "1,2",
        "+1",
        "0x1",
        "1 ",
        "\t2\t",
        "1\r\nContent-Length: 2",
      ),
    );
    const line = fc.oneof(
      length.map((digits) => `Content-Length: ${digits}`),
      length.map((digits) => `content-length:${digits}`),
      fc.constantFrom(
        "Host: x",
        "Host: y",
        "A: b",
        "Connection: close",
        "Connection: keep-alive",
        "TE: trailers",
        "A: 5",
      ),
    );
    const head = fc
      .tuple(
        fc.constantFrom("POST /a HTTP/1.1", "POST /b HTTP/1.1", "GET /a HTTP/1.1"),
        fc.array(line, { maxLength: 4 }),
      )
      .map(([first, lines]) => `${[first, "Host: x", ...lines].join("\r\n")}\r\n\r\n`);
    const text = fc
      .tuple(head, fc.constantFrom("", "body", "\r\n", "5"), fc.nat(5))
      .map(([all, behind, less]) => (less === 1 ? all.slice(0, -1) : all + behind));
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 8 }), (texts) => {
        const heads = new PlainHeads(130);
        for (const one of [...texts, ...texts]) {
          expect(heads.read(bytesOf(one))).toEqual(new PlainHeads(130).read(bytesOf(one)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a head that goes on", HEAD.slice(0, -2)],
    ["what may hide a second request", HEAD.replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\n")],
    ["two lengths in one", HEAD.replace(" 5", " 5, 5")],
    ["a length that is none", HEAD.replace(" 5", " +5")],
    ["a length in another form", HEAD.replace(" 5", " 0x5")],
    ["no length", HEAD.replace(" 5", " ")],
    ["chunks", HEAD.replace("Content-Length: 5", "Transfer-Encoding: chunked")],
    ["chunks beside a length", HEAD.replace("\r\n\r\n", "\r\ntransfer-encoding: chunked\r\n\r\n")],
    ["a client that asks first", HEAD.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")],
    ["another protocol", HEAD.replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")],
    ["a folded line", HEAD.replace("Host: x", "Host:\r\n x")],
    ["a space before the colon", HEAD.replace("Host:", "Host :")],
    ["a line that ends early", HEAD.replace("Host: x\r\n", "Host: x\n")],
    ["a lone carriage return", HEAD.replace("Host: x", "Host: x\rContent-Length: 9")],
    ["a null byte", HEAD.replace("Host: x", "Host: x\0")],
    ["bytes beyond ASCII", HEAD.replace("Host: x", "Host: \xfc")],
    ["a header twice", HEAD.replace("Host: x", "Host: x\r\nHOST: y")],
    ["a name that objects have", HEAD.replace("Host: x", "Host: x\r\n__proto__: y")],
    ["no host", HEAD.replace("Host: x\r\n", "")],
    ["HTTP/1.0", HEAD.replace("1.1", "1.0")],
    ["HEAD", HEAD.replace("POST", "HEAD")],
    ["OPTIONS", HEAD.replace("POST", "OPTIONS")],
    ["an empty line in front", `\r\n${HEAD}`],
    ["no headers", "POST /a HTTP/1.1\r\n\r\n"],
    ["very long heads", HEAD.replace("Host: x", `Host: x\r\nA: ${"a".repeat(9000)}`)],
  ])("leaves %s to node:http", (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
