import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { type Engine, type EngineOptions, fileIdentity, wrongKey } from "../engine/index.js";
import { failure } from "../errors.js";
import { after } from "../values/clock.js";
import { toWire } from "../worker/protocol.js";
import { FrameReader, frameOf, MOST_FRAME_BYTES } from "./frames.js";
import {
  type Hello,
  isHello,
  isProof,
  newHello,
  type OwnerHello,
  proofOf,
  proofOfKey,
  type Refusal,
  readGreeting,
  VERSION,
} from "./greeting.js";
import { leaveSecret, type MeetingPlace, meetingPlace, removeSecret } from "./meeting-place.js";
import { frameOfMessage, type PeerMessage, readMessage } from "./messages.js";
import { type Form, formWith } from "./payload.js";
import { PeerSession, type RunningCalls } from "./session.js";
import { requireSameOptions } from "./shared-options.js";

/** Milliseconds in which a peer must have said who he is. */
const GREETING_MS = 10_000;

/** Where other processes reach the engine of the one that owns the file. */
export class Door {
  readonly #engine: Engine;
  readonly #options: EngineOptions;
  readonly #secret: Buffer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<PeerSession>();
  readonly #calls: RunningCalls = new Map();
  readonly #place: MeetingPlace;

  private constructor(engine: Engine, options: EngineOptions, place: MeetingPlace) {
    this.#engine = engine;
    this.#options = options;
    this.#secret = leaveSecret(place);
    this.#place = place;
    this.#server = createServer((socket) => this.#enter(socket));
  }

  /**
   * Call only while the file is open for writing here: whatever has its name on the socket then is no owner.
   *
   * @throws ShareRefused
   */
  static async open(engine: Engine, options: EngineOptions, file: string): Promise<Door> {
    const identity = fileIdentity(file);
    if (identity === undefined) throw failure("Unavailable", { reason: `${file} was removed while it was opened` });
    const door = new Door(engine, options, meetingPlace(identity));
    await door.#listen();
    return door;
  }

  /** Nobody comes in any more; what is under way goes on, and what is asked from now on is for the next owner. */
  close(): void {
    this.#server.close();
    removeSecret(this.#place, this.#secret);
    for (const session of this.#sessions) session.closing();
    for (const socket of this.#sockets) socket.pause();
  }

  /** Lets go of all peers when their answers have left. Call when nothing is under way any more. */
  leave(): void {
    for (const socket of this.#sockets) socket.destroySoon();
  }

  async #listen(): Promise<void> {
    const { address } = this.#place;
    if (process.platform !== "win32") rmSync(address, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause) => {
        reject(failure("ShareRefused", { reason: `no socket ${address} can be made: ${cause.message}` }, cause));
      });
      this.#server.listen(address, resolve);
    });
    // It ends with the process that owns the file, and keeps it from ending by nothing.
    this.#server.unref();
    this.#server.on("error", () => {});
  }

  #enter(socket: Socket): void {
    this.#sockets.add(socket);
    socket.unref();
    const late = after(GREETING_MS, () => socket.destroy(), { keepsAlive: false });
    let session: PeerSession | undefined;
    let hello: { readonly peer: Hello; readonly owner: Hello } | undefined;
    let proved = false;
    const reader = new FrameReader((payload) => {
      if (session !== undefined) session.take(readMessage<PeerMessage>(payload));
      else if (proved)
        session = this.#introduced(socket, readMessage<PeerMessage>(payload), formWith(hello?.peer.form ?? ""));
      else if (hello !== undefined) {
        if (!isProof(readGreeting(payload)?.["proof"], proofOf("peer", this.#secret, hello.peer, hello.owner))) {
          refuse(socket, "secret");
          return;
        }
        proved = true;
        reader.most = MOST_FRAME_BYTES;
        late();
      } else hello = this.#greet(socket, payload);
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        if (socket.writable) reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      late();
      this.#sockets.delete(socket);
      if (session === undefined) return;
      this.#sessions.delete(session);
      session.gone();
    });
  }

  #greet(socket: Socket, payload: Buffer): { readonly peer: Hello; readonly owner: Hello } | undefined {
    const said = readGreeting(payload);
    if (!isHello(said)) {
      socket.destroy();
      return undefined;
    }
    if (said.version !== VERSION) {
      refuse(socket, "version");
      return undefined;
    }
    const { version, nonce, form } = said;
    const peer: Hello = { version, nonce, form };
    const owner = newHello();
    const answer: OwnerHello = { ...owner, proof: proofOf("owner", this.#secret, peer, owner) };
    socket.write(frameOf(Buffer.from(JSON.stringify(answer))));
    return { peer, owner };
  }

  #introduced(socket: Socket, message: PeerMessage, form: Form): PeerSession | undefined {
    if (message.kind !== "introduction") {
      socket.destroy();
      return undefined;
    }
    const { introduction } = message;
    try {
      const key = proofOfKey(this.#options.key, introduction.session);
      if (key === undefined ? introduction.key !== undefined : !isProof(introduction.key, key)) throw wrongKey();
      requireSameOptions(introduction.options, this.#options);
    } catch (error) {
      socket.end(frameOfMessage({ kind: "refused", error: toWire(error) }, form));
      return undefined;
    }
    const { functions: _, key: _key, ...options } = this.#options;
    const session = new PeerSession(socket, form, this.#engine, introduction, this.#calls);
    this.#sessions.add(session);
    socket.write(frameOfMessage({ kind: "welcome", welcome: { process: process.pid, options } }, form));
    return session;
  }
}

function refuse(socket: Socket, refused: Refusal["refused"]): void {
  const refusal: Refusal = { refused, version: VERSION };
  socket.end(frameOf(Buffer.from(JSON.stringify(refusal))));
}
