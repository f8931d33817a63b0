import type { Socket } from "node:net";
import { after, every } from "../../values/clock.js";
import { endSocket } from "../http/end-socket.js";
import { Allowance } from "./allowance.js";
import { ClosedStreams } from "./closed-streams.js";
import { ErrorCode, Http2Fault, violation } from "./fault.js";
import { requireLength, requireNoStream, requirePriority, unpadded } from "./frame-checks.js";
import { FrameReader, type FrameSink } from "./frame-reader.js";
import {
  DEFAULT_WINDOW_BYTES,
  Flag,
  FrameType,
  frame,
  MAX_31_BITS,
  numbersFrame,
  Setting,
  settingsFrame,
} from "./frames.js";
import { HeaderAssembly, type WholeBlock } from "./header-assembly.js";
import { headerBlock } from "./hpack/header-block.js";
import { type Header, HeaderDecoder } from "./hpack/header-decoder.js";
import { headersAlone } from "./outgoing.js";
import { PeerSettings } from "./peer-settings.js";
import { areTrailers, RequestHeaders } from "./request-headers.js";
import { Sender } from "./sender.js";
import { type Answer, ServerStream, type StreamCarrier } from "./server-stream.js";

export interface ConnectionOptions {
  /** Serves one request. It must not throw. */
  readonly serve: (stream: ServerStream) => void;
  /** Longest body. */
  readonly maxBodyBytes: number;
}

const MAX_STREAMS = 1000;
const MAX_HEADER_BYTES = 64 * 1024;
/** Bodies come in frames of this size at most: fewer of them than by default. */
const MAX_DATA_BYTES = 1024 * 1024;
/** What may come of a body before its headers have been looked at. */
const EARLY_BYTES = 1024 * 1024;
/** The window of the connection is as good as open: what bodies take is counted elsewhere. It is renewed after so many bytes. */
const RENEWED_BYTES = 2 ** 30;
/** Requests that a client may take back or spoil at once, and in each second after that. */
const MAX_WASTED = 1000;
const WASTED_PER_SECOND = 100;
/** A connection without calls is asked this often whether it is still there. */
const PING_MS = 60_000;
const PONG_MS = 20_000;

const NOTHING = Buffer.alloc(0);
const NO_FIELDS: readonly Header[] = [];
const HEADERS_TOO_LARGE = headerBlock([[":status", "431"]]);
const HELLO = Buffer.concat([
  settingsFrame([
    [Setting.maxConcurrentStreams, MAX_STREAMS],
    [Setting.initialWindowSize, EARLY_BYTES],
    [Setting.maxFrameSize, MAX_DATA_BYTES],
    [Setting.maxHeaderListSize, MAX_HEADER_BYTES],
  ]),
  numbersFrame(FrameType.windowUpdate, 0, MAX_31_BITS - DEFAULT_WINDOW_BYTES),
]);

/** One HTTP/2 connection, from the server's side. */
export class Http2Connection implements FrameSink, StreamCarrier {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(this, MAX_DATA_BYTES, MAX_HEADER_BYTES);
  readonly #assembly = new HeaderAssembly(MAX_HEADER_BYTES);
  readonly #decoder = new HeaderDecoder(MAX_HEADER_BYTES);
  readonly #requestHeaders = new RequestHeaders();
  readonly #sender: Sender;
  readonly #peer = new PeerSettings();
  readonly #streams = new Map<number, ServerStream>();
  readonly #closed = new ClosedStreams();
  readonly #wasted = new Allowance(MAX_WASTED, WASTED_PER_SECOND);
  #lastStream = 0;
  /** Streams whose bodies may go on once what has come is read. */
  #granted: ServerStream[] = [];
  #reading = false;
  #received = 0;
  #closing = false;
  #failed = false;
  #stopWaiting: (() => void) | undefined;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#sender = new Sender(socket, (stream) => this.#answered(stream));
    this.#sender.write(HELLO);
    const stopPings = every(PING_MS, () => this.#ask(), { keepsAlive: false });
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.once("close", () => {
      stopPings();
      this.#answeredPing();
      this.#drop();
    });
  }

  /** Takes no new requests; ends when those under way are answered. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#sender.write(this.#goAway(ErrorCode.none));
    if (this.#streams.size === 0) endSocket(this.#socket);
  }

  data(id: number, part: Buffer, ends: boolean): void {
    this.#assembly.requireNone();
    this.#count(part.length);
    const stream = this.#known(id);
    if (stream === undefined) {
      this.#closed.data(id, ends);
      return;
    }
    stream.receiveWindow -= part.length;
    if (stream.receiveWindow < 0) this.#refuse(stream, ErrorCode.flowControl);
    else stream.push(part, ends);
  }

  frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === FrameType.continuation) this.#headers(this.#assembly.goOn(flags, id, payload));
    else {
      this.#assembly.requireNone();
      this.#take(type, flags, id, payload);
    }
  }

  grant(stream: ServerStream): void {
    this.#granted.push(stream);
    // While something is being read, the end of the body may be in it.
    if (!this.#reading) this.#grant();
  }

  answer(stream: ServerStream, answer: Answer): void {
    this.#sender.answer(stream, answer);
  }

  endWith(stream: ServerStream, head: Buffer): void {
    this.#sender.write(headersAlone(stream, head));
    this.#answered(stream);
  }

  reset(stream: ServerStream, code: ErrorCode): void {
    this.#sender.write(numbersFrame(FrameType.rstStream, stream.id, code));
    if (!stream.complete) this.#closed.cutShort(stream.id);
    this.#end(stream);
  }

  #read(chunk: Buffer): void {
    if (this.#failed) return;
    this.#reading = true;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(error instanceof Http2Fault ? error : new Http2Fault(ErrorCode.internal, "the server failed"));
    }
    this.#reading = false;
    this.#grant();
  }

  #take(type: number, flags: number, id: number, payload: Buffer): void {
    switch (type) {
      case FrameType.data: {
        const part = unpadded(flags, payload);
        this.#count(payload.length - part.length);
        this.data(id, part, (flags & Flag.endStream) !== 0);
        break;
      }
      case FrameType.headers:
        this.#headers(this.#beginHeaders(flags, id, unpadded(flags, payload)));
        break;
      case FrameType.priority:
        requireLength(payload, 5);
        requirePriority(id, payload);
        break;
      case FrameType.rstStream:
        requireLength(payload, 4);
        this.#takenBack(id);
        break;
      case FrameType.settings:
        this.#settings(flags, id, payload);
        break;
      case FrameType.pushPromise:
        throw violation("a client pushes nothing");
      case FrameType.goAway:
        requireNoStream(id);
        break;
      case FrameType.ping:
        requireNoStream(id);
        requireLength(payload, 8);
        if ((flags & Flag.ack) !== 0) this.#answeredPing();
        else this.#sender.write(frame(FrameType.ping, Flag.ack, 0, payload));
        break;
      case FrameType.windowUpdate:
        requireLength(payload, 4);
        this.#widen(id, payload.readUInt32BE(0) & MAX_31_BITS);
    }
  }

  #beginHeaders(flags: number, id: number, payload: Buffer): WholeBlock | undefined {
    if (id % 2 === 0) throw violation("a client's streams have odd numbers");
    if ((flags & Flag.priority) === 0) return this.#assembly.begin(flags, id, payload);
    requirePriority(id, payload);
    return this.#assembly.begin(flags, id, payload.subarray(5));
  }

  #headers(block: WholeBlock | undefined): void {
    if (block === undefined) return;
    const { stream: id, ends } = block;
    // Read in any case: later blocks build upon it.
    const fields = this.#decoder.decode(block.bytes);
    const known = this.#streams.get(id);
    if (known !== undefined) this.#trailers(known, fields, ends);
    else if (id <= this.#lastStream) this.#closed.trailers(id, this.#lastStream);
    else this.#begin(id, fields, ends);
  }

  #trailers(stream: ServerStream, fields: readonly Header[] | undefined, ends: boolean): void {
    if (stream.complete) throw new Http2Fault(ErrorCode.streamClosed, "headers behind the end of a request");
    if (ends && fields !== undefined && areTrailers(fields)) stream.push(NOTHING, true);
    else this.#refuse(stream, ErrorCode.protocol);
  }

  #begin(id: number, fields: readonly Header[] | undefined, ends: boolean): void {
    this.#lastStream = id;
    const headers = this.#requestHeaders.of(fields ?? NO_FIELDS);
    const stream = new ServerStream(id, headers ?? new Map(), this, this.#peer.initialWindowBytes, EARLY_BYTES);
    this.#streams.set(id, stream);
    if (this.#closing || this.#streams.size > MAX_STREAMS) this.#refuse(stream, ErrorCode.refusedStream);
    else if (fields === undefined) stream.endWith(HEADERS_TOO_LARGE);
    else if (headers === undefined) this.#refuse(stream, ErrorCode.protocol);
    else {
      if (ends) stream.push(NOTHING, true);
      if (!stream.closed) this.#options.serve(stream);
    }
  }

  #settings(flags: number, id: number, payload: Buffer): void {
    requireNoStream(id);
    if ((flags & Flag.ack) !== 0) {
      requireLength(payload, 0);
      return;
    }
    const widerBy = this.#peer.read(payload);
    this.#sender.maxFrameBytes = this.#peer.maxFrameBytes;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += widerBy;
      if (stream.sendWindow > MAX_31_BITS) throw new Http2Fault(ErrorCode.flowControl, "the window of a stream");
    }
    this.#sender.write(frame(FrameType.settings, Flag.ack, 0));
    this.#sender.pump();
  }

  #widen(id: number, bytes: number): void {
    if (id === 0) {
      if (bytes === 0) throw violation("a window grows by nothing");
      this.#sender.widen(bytes);
      return;
    }
    const stream = this.#known(id);
    if (stream === undefined) return;
    stream.sendWindow += bytes;
    if (bytes === 0) this.#refuse(stream, ErrorCode.protocol);
    else if (stream.sendWindow > MAX_31_BITS) this.#refuse(stream, ErrorCode.flowControl);
    else this.#sender.pump();
  }

  /** A stream that is under way; undefined for one that has ended. @throws Http2Fault for one that has not begun */
  #known(id: number): ServerStream | undefined {
    if (id === 0 || id > this.#lastStream) throw violation("a stream that has not begun");
    return this.#streams.get(id);
  }

  /** The client does not want an answer any more. */
  #takenBack(id: number): void {
    const stream = this.#known(id);
    if (stream === undefined) {
      this.#closed.takenBack(id);
      return;
    }
    this.#end(stream);
    this.#spend();
  }

  /** Ends a stream for what the client did wrong: work that was begun for it is as lost as if it had been taken back. */
  #refuse(stream: ServerStream, code: ErrorCode): void {
    this.reset(stream, code);
    this.#spend();
  }

  #spend(): void {
    if (!this.#wasted.take()) throw new Http2Fault(ErrorCode.enhanceYourCalm, "too many requests come to nothing");
  }

  /** Counts what has come, and lets as much come again. */
  #count(bytes: number): void {
    this.#received += bytes;
    if (this.#received < RENEWED_BYTES) return;
    this.#sender.write(numbersFrame(FrameType.windowUpdate, 0, this.#received));
    this.#received = 0;
  }

  /** Opens the windows of bodies that somebody takes and whose ends have not come. */
  #grant(): void {
    if (this.#granted.length === 0) return;
    const more = Math.min(this.#options.maxBodyBytes, MAX_31_BITS - EARLY_BYTES);
    for (const stream of this.#granted.splice(0)) {
      if (stream.complete || stream.closed) continue;
      stream.receiveWindow += more;
      this.#sender.write(numbersFrame(FrameType.windowUpdate, stream.id, more));
      stream.wait();
    }
  }

  /** An answer has been handed over; what still comes of its request is not wanted. */
  #answered(stream: ServerStream): void {
    if (stream.complete) this.#end(stream);
    else this.reset(stream, ErrorCode.none);
  }

  #end(stream: ServerStream): void {
    this.#streams.delete(stream.id);
    this.#sender.drop(stream);
    stream.close();
    if (this.#closing && this.#streams.size === 0) endSocket(this.#socket);
  }

  #fail(fault: Http2Fault): void {
    this.#failed = true;
    this.#sender.write(this.#goAway(fault.code));
    this.#drop();
    endSocket(this.#socket);
  }

  /** Every request under way has ended. */
  #drop(): void {
    for (const stream of [...this.#streams.values()]) this.#end(stream);
  }

  #goAway(code: ErrorCode): Buffer {
    return numbersFrame(FrameType.goAway, 0, this.#lastStream, code);
  }

  /** Ends a connection whose other side is gone without a word. */
  #ask(): void {
    this.#stopWaiting ??= after(PONG_MS, () => this.#socket.destroy(), { keepsAlive: false });
    this.#sender.write(frame(FrameType.ping, 0, 0, Buffer.alloc(8)));
  }

  #answeredPing(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }
}
