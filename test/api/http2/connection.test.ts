import { connect as connectHttp2 } from "node:http2";
import type { Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { ErrorCode } from "../../../src/api/http2/fault.js";
import {
  Flag,
  FrameType,
  frame,
  MAX_31_BITS,
  numbersFrame,
  Setting,
  settingsFrame,
} from "../../../src/api/http2/frames.js";
import { headerBlock } from "../../../src/api/http2/hpack/header-block.js";
import type { ServerStream } from "../../../src/api/http2/server-stream.js";
import { answer, bodyOf, headers, NOTHING, PREFACE, RawClient, REQUEST, serveFrames } from "./raw-client.js";

const servers: Server[] = [];
const clients: RawClient[] = [];
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Answers each request with its body. */
async function echo(stream: ServerStream): Promise<void> {
  const body = await bodyOf(stream);
  if (body !== undefined) await answer(stream, body);
}

async function served(serve: (stream: ServerStream) => void = echo, maxBodyBytes?: number) {
  const server = await serveFrames(serve, maxBodyBytes);
  servers.push(server);
  const client = () => {
    const made = new RawClient(server.port);
    clients.push(made);
    return made;
  };
  return { port: server.port, client };
}

const ALL = Flag.endHeaders | Flag.endStream;
const data = (stream: number, text: string, flags: number = Flag.endStream) =>
  frame(FrameType.data, flags, stream, Buffer.from(text));
const taken = (stream: number) => numbersFrame(FrameType.rstStream, stream, ErrorCode.cancel);
const priority = (stream: number, dependsOn: number) =>
  frame(FrameType.priority, 0, stream, Buffer.from([0, 0, 0, dependsOn, 0]));
const widen = (stream: number, bytes: number) => numbersFrame(FrameType.windowUpdate, stream, bytes);

describe("a request", () => {
  it("is answered in one piece: headers, body and trailers", async () => {
    const { client } = await served();
    const raw = client();
    const chunks: Buffer[] = [];
    raw.socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    raw.begin(headers(1), data(1, "hello"));
    expect(String(await raw.body(1))).toBe("hello");
    expect(chunks.some((chunk) => chunk.includes("hello") && chunk.includes("grpc-status"))).toBe(true);
  });

  it("may come byte by byte, its headers in parts, with padding and with trailers of its own", async () => {
    const { client } = await served();
    const raw = client();
    raw.socket.setNoDelay();
    const bytes = Buffer.concat([
      PREFACE,
      settingsFrame([]),
      // Padded by two bytes, with a priority of five.
      frame(
        FrameType.headers,
        Flag.padded | Flag.priority,
        1,
        Buffer.concat([Buffer.from([2]), Buffer.alloc(5), REQUEST.subarray(0, 3), Buffer.alloc(2)]),
      ),
      frame(FrameType.continuation, 0, 1, REQUEST.subarray(3, 4)),
      frame(FrameType.continuation, Flag.endHeaders, 1, REQUEST.subarray(4)),
      frame(FrameType.data, Flag.padded, 1, Buffer.from([1, 0x61, 0])),
      data(1, "b", 0),
      frame(FrameType.priority, 0, 1, Buffer.alloc(5)),
      frame(0xfa, 0, 1, Buffer.alloc(3)),
      headers(1, ALL, headerBlock([["x", "y"]])),
    ]);
    for (const byte of bytes) raw.send(Buffer.from([byte]));
    expect(String(await raw.body(1))).toBe("ab");
  });

  it("waits for nobody to look at its headers, up to a mebibyte", async () => {
    const waiting: ServerStream[] = [];
    const { client } = await served((stream) => waiting.push(stream), 10_000_000);
    const raw = client();
    raw.begin(headers(1));
    for (let i = 0; i < 3; i++) raw.send(frame(FrameType.data, 0, 1, Buffer.alloc(500_000, "x")));
    expect(await raw.reset(1)).toBe(ErrorCode.flowControl);
    raw.send(headers(3), frame(FrameType.data, 0, 3, Buffer.alloc(1_000_000, "x")));
    while (waiting.length < 2) await delay(2);
    const taken = bodyOf(waiting[1] as ServerStream);
    await raw.frame(FrameType.windowUpdate, 3);
    raw.send(frame(FrameType.data, Flag.endStream, 3, Buffer.alloc(1_000_000, "y")));
    expect((await taken)?.length).toBe(2_000_000);
  });

  it("that is answered before it has come as a whole is ended", async () => {
    const { client } = await served((stream) => void answer(stream, Buffer.from("no")));
    const raw = client();
    raw.begin(headers(1));
    expect(String(await raw.body(1))).toBe("no");
    expect(await raw.reset(1)).toBe(ErrorCode.none);
    // What was under way is passed over.
    raw.send(data(1, "late", 0), headers(3, ALL));
    expect(String(await raw.body(3))).toBe("no");
  });
});

describe("an answer", () => {
  const long = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));

  it("goes on as the windows of the stream and of the connection allow", async () => {
    const { client } = await served((stream) => void answer(stream, long.subarray(0, 7), long.subarray(7), NOTHING));
    const raw = client();
    raw.begin(settingsFrame([[Setting.initialWindowSize, 10]]), headers(1, ALL));
    await raw.frame(FrameType.data, 1);
    await delay(20);
    expect(raw.frames.filter(({ type }) => type === FrameType.data).map(({ payload }) => payload.length)).toEqual([10]);
    raw.send(settingsFrame([[Setting.initialWindowSize, 100_000]]));
    // Of the connection's 65,535 bytes nothing is left then.
    while (
      raw.frames.reduce((sum, { type, payload }) => sum + (type === FrameType.data ? payload.length : 0), 0) < 65_535
    )
      await delay(2);
    raw.send(widen(0, 1_000_000), widen(1, 1_000_000));
    expect((await raw.body(1)).equals(long)).toBe(true);
    expect(Math.max(...raw.frames.map(({ payload }) => payload.length))).toBe(16_384);
  });

  it("gives way to others on the same connection", async () => {
    const { client } = await served(
      (stream) => void answer(stream, stream.headers.has("short") ? Buffer.from("s") : long),
    );
    const raw = client();
    raw.begin(headers(1, ALL), headers(3, ALL), widen(0, 1_000_000), widen(1, 1_000));
    await raw.frame(FrameType.data, 3);
    raw.send(headers(5, ALL, Buffer.concat([REQUEST, headerBlock([["short", "1"]])])));
    expect(String(await raw.body(5))).toBe("s");
    raw.send(widen(3, 1_000_000));
    expect((await raw.body(3)).equals(long)).toBe(true);
    expect(raw.frames.some(({ stream, flags }) => stream === 1 && (flags & Flag.endStream) !== 0)).toBe(false);
  });

  it("of many requests at once waits for a client that reads late, who is not cut", async () => {
    const asked: ServerStream[] = [];
    const { client } = await served((stream) => asked.push(stream));
    const raw = client();
    raw.begin(settingsFrame([[Setting.initialWindowSize, 1_000_000]]), widen(0, 100_000_000));
    raw.send(...Array.from({ length: 1000 }, (_, i) => headers(2 * i + 1, ALL)));
    while (asked.length < 1000) await delay(2);
    raw.socket.pause();
    for (const stream of asked) void answer(stream, long.subarray(0, 16_000));
    await delay(100);
    raw.socket.resume();
    for (const { id } of asked) expect((await raw.body(id)).length).toBe(16_000);
  });

  it("that nobody waits for any more is done with", async () => {
    const done: number[] = [];
    const { client } = await served((stream) => void answer(stream, long).then(() => done.push(stream.id)));
    const raw = client();
    raw.begin(headers(1, ALL), headers(3, ALL));
    await raw.frame(FrameType.data, 1);
    raw.send(numbersFrame(FrameType.rstStream, 1, ErrorCode.cancel));
    while (!done.includes(1)) await delay(2);
    raw.socket.destroy();
    while (!done.includes(3)) await delay(2);
  });
});

describe("what HTTP/2 forbids", () => {
  const fault = (code: number) => code;
  it.each<[string, number, readonly Buffer[]]>([
    ["a stream with an even number", fault(ErrorCode.protocol), [headers(2)]],
    ["headers of stream 0", fault(ErrorCode.protocol), [headers(0)]],
    ["a body without headers", fault(ErrorCode.protocol), [data(1, "x")]],
    ["a body of stream 0", fault(ErrorCode.protocol), [data(0, "x")]],
    [
      "something between headers",
      fault(ErrorCode.protocol),
      [headers(1, 0), frame(FrameType.ping, 0, 0, Buffer.alloc(8))],
    ],
    ["a body between headers", fault(ErrorCode.protocol), [headers(1, 0), data(1, "x")]],
    ["headers that go on elsewhere", fault(ErrorCode.protocol), [headers(1, 0), frame(FrameType.continuation, 4, 3)]],
    ["headers that go on without beginning", fault(ErrorCode.protocol), [frame(FrameType.continuation, 4, 1)]],
    ["a push", fault(ErrorCode.protocol), [frame(FrameType.pushPromise, 4, 1, Buffer.alloc(4))]],
    [
      "more padding than frame",
      fault(ErrorCode.protocol),
      [headers(1), frame(FrameType.data, Flag.padded, 1, Buffer.from([9, 0]))],
    ],
    ["a window that grows by nothing", fault(ErrorCode.protocol), [widen(0, 0)]],
    ["a window that overflows", fault(ErrorCode.flowControl), [widen(0, MAX_31_BITS)]],
    ["a window of a stream that has not begun", fault(ErrorCode.protocol), [widen(7, 1)]],
    ["a reset of a stream that has not begun", fault(ErrorCode.protocol), [numbersFrame(FrameType.rstStream, 7, 8)]],
    ["headers of a stream that has ended", fault(ErrorCode.streamClosed), [headers(1), taken(1), headers(1)]],
    ["a body of a stream that was taken back", fault(ErrorCode.streamClosed), [headers(1), taken(1), data(1, "x")]],
    ["headers behind the end of a request", fault(ErrorCode.streamClosed), [headers(1, ALL), headers(1, ALL)]],
    ["numbers of streams that fall", fault(ErrorCode.protocol), [headers(5), headers(3)]],
    ["a stream that depends on itself", fault(ErrorCode.protocol), [priority(1, 1)]],
    ["a priority of stream 0", fault(ErrorCode.protocol), [priority(0, 1)]],
    [
      "headers that depend on themselves",
      fault(ErrorCode.protocol),
      [headers(1, ALL | Flag.priority, Buffer.concat([Buffer.from([0, 0, 0, 1, 0]), REQUEST]))],
    ],
    ["half a priority", fault(ErrorCode.frameSize), [headers(1, ALL | Flag.priority, Buffer.from([0, 0, 0]))]],
    ["a ping of a stream", fault(ErrorCode.protocol), [frame(FrameType.ping, 0, 1, Buffer.alloc(8))]],
    ["the end of a stream's connection", fault(ErrorCode.protocol), [frame(FrameType.goAway, 0, 1, Buffer.alloc(8))]],
    ["a push that is neither allowed nor not", fault(ErrorCode.protocol), [settingsFrame([[Setting.enablePush, 2]])]],
    ["half a setting", fault(ErrorCode.frameSize), [frame(FrameType.settings, 0, 0, Buffer.alloc(5))]],
    ["settings of a stream", fault(ErrorCode.protocol), [frame(FrameType.settings, 0, 1)]],
    [
      "a window out of range in settings",
      fault(ErrorCode.flowControl),
      [settingsFrame([[Setting.initialWindowSize, 2 ** 31]])],
    ],
    ["frames out of range in settings", fault(ErrorCode.protocol), [settingsFrame([[Setting.maxFrameSize, 5]])]],
    ["a short ping", fault(ErrorCode.frameSize), [frame(FrameType.ping, 0, 0, Buffer.alloc(7))]],
    ["a frame that is too long", fault(ErrorCode.frameSize), [frame(FrameType.headers, 4, 1, Buffer.alloc(70_000))]],
    ["a header block that is none", fault(ErrorCode.compression), [headers(1, ALL, Buffer.from([0xff, 0xff]))]],
    ["a body that goes on behind its end", fault(ErrorCode.streamClosed), [headers(1), data(1, "a"), data(1, "b")]],
    [
      "headers without end",
      fault(ErrorCode.enhanceYourCalm),
      [headers(1, 0), ...Array.from({ length: 70 }, () => frame(FrameType.continuation, 0, 1))],
    ],
  ])("ends the connection: %s", async (_, code, frames) => {
    const { client } = await served(async (stream) => {
      await bodyOf(stream);
    });
    const raw = client();
    raw.begin(...frames);
    expect(await raw.goAway()).toBe(code);
    await raw.closed();
  });

  it("ends a connection that begins otherwise", async () => {
    const { client } = await served();
    const raw = client();
    raw.send(Buffer.from("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"));
    expect(await raw.goAway()).toBe(ErrorCode.protocol);
  });

  it("ends a stream alone where others need not suffer", async () => {
    const { client } = await served();
    const raw = client();
    const many = headerBlock(Array.from({ length: 600 }, (_, i) => [`x-${i}`, "y".repeat(80)]));
    raw.begin(
      headers(1, ALL, headerBlock([[":method", "POST"]])),
      headers(3),
      headers(3),
      headers(5),
      widen(5, 0),
      headers(7),
      widen(7, MAX_31_BITS),
      headers(9, ALL, many),
      headers(11),
      data(11, "fine"),
    );
    expect(await raw.reset(1)).toBe(ErrorCode.protocol);
    expect(await raw.reset(3)).toBe(ErrorCode.protocol);
    expect(await raw.reset(5)).toBe(ErrorCode.protocol);
    expect(await raw.reset(7)).toBe(ErrorCode.flowControl);
    expect((await raw.frame(FrameType.headers, 9)).payload.includes("431")).toBe(true);
    expect(String(await raw.body(11))).toBe("fine");
  });
});

describe("a request that is none", () => {
  const usual = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/a"],
  ] as const;
  const without = (name: string) => usual.filter(([known]) => known !== name);
  it.each<[string, readonly (readonly [string, string])[]]>([
    ["without a method", without(":method")],
    ["without a scheme", without(":scheme")],
    ["without a path", without(":path")],
    ["with an empty path", [...without(":path"), [":path", ""]]],
    ["with two methods", [...usual, [":method", "POST"]]],
    ["with a word of answers", [...usual, [":status", "200"]]],
    ["with a word that is not known", [...usual, [":else", "x"]]],
    ["with its path behind other headers", [...without(":path"), ["a", "b"], [":path", "/a"]]],
    ["with capital letters", [...usual, ["X-A", "b"]]],
    ["with a name that is empty", [...usual, ["", "b"]]],
    ["with a line break in a value", [...usual, ["a", "b\r\nc"]]],
    ["with a zero in a value", [...usual, ["a", "\0"]]],
    ["with blanks around a value", [...usual, ["a", " b"]]],
    ["with a header of HTTP/1.1", [...usual, ["connection", "keep-alive"]]],
    ["with an encoding of its transfer", [...usual, ["te", "gzip"]]],
    ["with a length that is none", [...usual, ["content-length", "-1"]]],
    ["with two lengths", [...usual, ["content-length", "1"], ["content-length", "1"]]],
    ["longer than it says", [...usual, ["content-length", "1"]]],
    ["shorter than it says", [...usual, ["content-length", "3"]]],
  ])("is refused: %s", async (_, fields) => {
    const { client } = await served();
    const raw = client();
    raw.begin(headers(1, Flag.endHeaders, headerBlock(fields)), data(1, "ab"), headers(3), data(3, "fine"));
    expect(await raw.reset(1)).toBe(ErrorCode.protocol);
    expect(String(await raw.body(3))).toBe("fine");
  });

  it("may end with headers, though not with these", async () => {
    const { client } = await served();
    const raw = client();
    raw.begin(headers(1), data(1, "a", 0), headers(1, ALL, headerBlock([[":path", "/b"]])));
    raw.send(headers(3), data(3, "a", 0), headers(3, Flag.endHeaders, headerBlock([["a", "b"]])));
    raw.send(headers(5, ALL, headerBlock([...usual, ["content-length", "0"]])));
    expect(await raw.reset(1)).toBe(ErrorCode.protocol);
    expect(await raw.reset(3)).toBe(ErrorCode.protocol);
    expect(String(await raw.body(5))).toBe("");
  });
});

describe("a client that asks for too much", () => {
  it("has a thousand requests under way, and no more", async () => {
    const { client } = await served(() => {});
    const raw = client();
    raw.begin(...Array.from({ length: 1001 }, (_, i) => headers(2 * i + 1)));
    expect(await raw.reset(2001)).toBe(ErrorCode.refusedStream);
    expect(raw.frames.filter(({ type }) => type === FrameType.rstStream)).toHaveLength(1);
  });

  it.each<[string, (stream: number) => readonly Buffer[]]>([
    ["takes back", (stream) => [headers(stream), numbersFrame(FrameType.rstStream, stream, 8)]],
    ["makes the server take back", (stream) => [headers(stream), widen(stream, 0)]],
    ["spoils", (stream) => [headers(stream, ALL, headerBlock([[":method", "POST"]]))]],
  ])("and %s what it asked for is told to be calm", async (_, request) => {
    let begun = 0;
    const { client } = await served(() => {
      begun++;
    });
    const raw = client();
    raw.begin();
    for (let i = 0; i < 10_000; i++) raw.send(...request(2 * i + 1));
    expect(await raw.goAway()).toBe(ErrorCode.enhanceYourCalm);
    expect(begun).toBeLessThan(3000);
  });

  it("and reads nothing is cut", async () => {
    const { client } = await served();
    const raw = client();
    raw.begin();
    raw.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frame(FrameType.ping, 0, 0, Buffer.alloc(8))));
    while (!raw.socket.destroyed) {
      raw.send(pings);
      await delay(1);
    }
  });
});

describe("any client", () => {
  it("of node:http2 gets through with any headers and bodies", async () => {
    const seen: [ReadonlyMap<string, string>, number][] = [];
    const { port } = await served(async (stream) => {
      const body = (await bodyOf(stream)) as Buffer;
      seen.push([stream.headers, body.length]);
      await answer(stream, body);
    });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const value = fc.string({
      unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 100,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^x-[a-z0-9]{1,20}$/), value, { maxKeys: 5 }),
        fc.nat(200_000),
        async (more, size) => {
          const stream = session.request({ ":method": "POST", ":path": "/a", ...more });
          stream.end(Buffer.alloc(size, "z"));
          let bytes = 0;
          for await (const chunk of stream) bytes += (chunk as Buffer).length;
          expect(bytes).toBe(size);
          const [found, length] = seen.at(-1) as (typeof seen)[0];
          expect(length).toBe(size);
          expect(Object.fromEntries([...found].filter(([key]) => key.startsWith("x-")))).toEqual(more);
        },
      ),
      { numRuns: 60 },
    );
    session.destroy();
  });

  it("that sends anything gets an answer or an end, and others go on", async () => {
    const { client } = await served();
    const other = client();
    other.begin();
    const anyFrame = fc
      .tuple(
        fc.nat(11),
        fc.constantFrom(0, 1, 4, 5, 8, 13, 32, 37),
        fc.nat(9),
        fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(REQUEST)),
      )
      .map(([type, flags, stream, payload]) => frame(type, flags, stream, payload));
    let stream = 1;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFrame, { maxLength: 12 }),
        fc.uint8Array({ maxLength: 30 }),
        async (frames, tail) => {
          const raw = client();
          raw.begin(...frames, Buffer.from(tail));
          raw.socket.end();
          await raw.closed();
          other.send(headers(stream), data(stream, "still here"));
          expect(String(await other.body(stream))).toBe("still here");
          stream += 2;
        },
      ),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 150) },
    );
  });
});
