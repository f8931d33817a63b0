import { ErrorCode, Http2Fault } from "./fault.js";
import { announcedBytes, type Headers } from "./request-headers.js";

/** Takes the body of a request. */
export interface BodyReceiver {
  /** A part of it; its bytes are valid only now. */
  data(part: Buffer): void;
  /** What has come so far is read, and its end is not there: told once, unless the whole came at once. */
  wait(): void;
  /** It is complete. */
  end(): void;
  /** The stream has ended otherwise: nothing more comes. */
  close(): void;
}

/** Is told how far an answer has come. */
export interface AnswerProgress {
  /** A part of it has been taken by the other side. */
  moved(): void;
  /** It has left, or nobody waits for it any more. */
  done(): void;
}

/** An answer in the form in which it travels. */
export interface Answer {
  /** A header block. */
  readonly head: Buffer;
  readonly body: readonly Uint8Array[];
  /** The header block that ends it. */
  readonly trailers: Buffer;
  readonly progress: AnswerProgress;
}

/** What a stream asks of its connection. */
export interface StreamCarrier {
  /** More of the body may come. */
  grant(stream: ServerStream): void;
  answer(stream: ServerStream, answer: Answer): void;
  /** Ends the stream with headers alone. */
  endWith(stream: ServerStream, head: Buffer): void;
  reset(stream: ServerStream, code: ErrorCode): void;
}

/** One request of a connection, and its answer. */
export class ServerStream {
  readonly id: number;
  readonly headers: Headers;
  /** Bytes of the answer that the other side takes for now. */
  sendWindow: number;
  /** Bytes of the request that the other side may send for now. */
  receiveWindow: number;
  readonly #carrier: StreamCarrier;
  #receiver: BodyReceiver | undefined;
  /** What came before somebody took it. */
  #early: Buffer[] = [];
  #complete = false;
  /** Bytes of the body that are still to come, where the request says how many they are. */
  #missing: number | undefined;
  #answered = false;
  #closed = false;
  readonly #onClose = new Set<() => void>();

  constructor(id: number, headers: Headers, carrier: StreamCarrier, sendWindow: number, receiveWindow: number) {
    this.id = id;
    this.headers = headers;
    this.#carrier = carrier;
    this.#missing = announcedBytes(headers);
    this.sendWindow = sendWindow;
    this.receiveWindow = receiveWindow;
  }

  /** The request has come as a whole. */
  get complete(): boolean {
    return this.#complete;
  }

  /** An answer has begun. */
  get answered(): boolean {
    return this.#answered;
  }

  /** It has been answered as a whole, or has ended otherwise. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes the body from now on, with what has come of it. */
  receive(receiver: BodyReceiver): void {
    if (this.#closed) {
      receiver.close();
      return;
    }
    this.#receiver = receiver;
    for (const part of this.#early.splice(0)) receiver.data(part);
    if (this.#complete) receiver.end();
    else this.#carrier.grant(this);
  }

  /** Runs `work` when the stream ends. @returns takes it back */
  onClose(work: () => void): () => void {
    this.#onClose.add(work);
    return () => this.#onClose.delete(work);
  }

  answer(answer: Answer): void {
    if (!this.#mayAnswer()) {
      answer.progress.done();
      return;
    }
    this.#carrier.answer(this, answer);
  }

  /** Ends the stream with headers alone; what still comes of the request is not wanted. */
  endWith(head: Buffer): void {
    if (this.#mayAnswer()) this.#carrier.endWith(this, head);
  }

  reset(code: ErrorCode): void {
    if (!this.#closed) this.#carrier.reset(this, code);
  }

  #mayAnswer(): boolean {
    if (this.#closed || this.#answered) return false;
    this.#answered = true;
    return true;
  }

  /** For the connection: a part of the body has come. @throws Http2Fault behind the end of the body */
  push(part: Buffer, ends: boolean): void {
    if (this.#complete) throw new Http2Fault(ErrorCode.streamClosed, "a body goes on behind its end");
    if (this.#missing !== undefined) {
      this.#missing -= part.length;
      if (ends ? this.#missing !== 0 : this.#missing < 0) {
        this.reset(ErrorCode.protocol);
        return;
      }
    }
    this.#complete = ends;
    if (this.#receiver === undefined) {
      // The bytes of a read are not ours to keep.
      if (part.length > 0) this.#early.push(Buffer.from(part));
      return;
    }
    if (part.length > 0) this.#receiver.data(part);
    if (ends) this.#receiver.end();
  }

  /** For the connection: what has come is read. */
  wait(): void {
    this.#receiver?.wait();
  }

  /** For the connection: nothing more is sent or received. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#early = [];
    if (!this.#complete) this.#receiver?.close();
    for (const work of this.#onClose) work();
    this.#onClose.clear();
  }
}
