import { connect, type Socket } from "node:net";
import { failure } from "../errors.js";
import { after, elapsed, every } from "../values/clock.js";
import { fromWire } from "../worker/protocol.js";
import { FrameReader, frameOf, MOST_FRAME_BYTES } from "./frames.js";
import { isHello, isProof, newHello, proofOf, readGreeting, VERSION } from "./greeting.js";
import { type MeetingPlace, readSecret } from "./meeting-place.js";
import {
  frameOfMessage,
  type Introduction,
  type OwnerMessage,
  type PeerMessage,
  readFrame,
  readMessage,
  type Welcome,
} from "./messages.js";
import { type Form, formWith } from "./payload.js";
import type { Patience } from "./share-options.js";

/** What came of the way to a meeting place. */
export type Reached =
  | { readonly kind: "line"; readonly line: PeerLine; readonly welcome: Welcome }
  /** Nobody is there; somebody who cannot prove that he owns the file; somebody who says nothing. */
  | { readonly kind: "nobody" | "stranger" | "silent" };

/**
 * Goes to where the owner of a file may be reached.
 *
 * @throws ShareRefused by an owner of another version, and what he refuses the introduction for
 */
export function reach(place: MeetingPlace, introduction: Introduction, patience: Patience): Promise<Reached> {
  return new Promise((resolve, reject) => {
    const socket = connect(place.address);
    const peer = newHello();
    let form: Form = "common";
    let secret: Buffer | undefined;
    let proved = false;
    const settle = (outcome: Reached | Error): void => {
      late();
      socket.removeAllListeners();
      socket.on("error", () => {});
      if (outcome instanceof Error || outcome.kind !== "line") socket.destroy();
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    const late = after(patience.silentMs, () => settle({ kind: "silent" }));
    const greeted = (payload: Buffer): void => {
      const said = readGreeting(payload);
      if (said?.["refused"] === "version") settle(otherVersion(String(said["version"])));
      else if (secret === undefined || !isHello(said)) settle({ kind: "stranger" });
      else if (!isProof(said["proof"], proofOf("owner", secret, peer, said))) settle({ kind: "stranger" });
      else {
        proved = true;
        form = formWith(said.form);
        reader.most = MOST_FRAME_BYTES;
        socket.write(frameOf(Buffer.from(JSON.stringify({ proof: proofOf("peer", secret, peer, said) }))));
        socket.write(frameOfMessage({ kind: "introduction", introduction }, form));
      }
    };
    const introduced = (payload: Buffer): void => {
      // The secret was another one a moment ago: asked again, it is the right one.
      const message = readGreeting(payload)?.["refused"] === undefined ? readMessage<OwnerMessage>(payload) : undefined;
      if (message?.kind === "refused") settle(fromWire(message.error));
      else if (message?.kind !== "welcome") settle({ kind: "stranger" });
      else settle({ kind: "line", line: new PeerLine(socket, form, patience), welcome: message.welcome });
    };
    const reader = new FrameReader((payload) => (proved ? introduced(payload) : greeted(payload)));
    socket.on("connect", () => {
      secret = readSecret(place);
      if (secret === undefined) settle({ kind: "nobody" });
      else socket.write(frameOf(Buffer.from(JSON.stringify(peer))));
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        settle({ kind: "stranger" });
      }
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      settle(code === "EACCES" || code === "EPERM" ? notOurs(place) : { kind: "nobody" });
    });
    socket.on("close", () => settle({ kind: proved ? "nobody" : "stranger" }));
  });
}

function otherVersion(theirs: string): Error {
  const [version, ...rest] = theirs.split("/");
  const [ours, ...own] = VERSION.split("/");
  const differs = version === ours ? "of a build that writes messages otherwise" : `elanus ${version}`;
  const reason = `the process that has it open is ${differs} (${rest.join("/")}), this one is elanus ${ours} (${own.join("/")})`;
  return failure("ShareRefused", { reason });
}

function notOurs({ address }: MeetingPlace): Error {
  return failure("ShareRefused", { reason: `the socket ${address} belongs to another user` });
}

/** A connection to the owner of a file, once both sides know each other. */
export class PeerLine {
  readonly #socket: Socket;
  readonly #form: Form;
  readonly #patience: Patience;
  #heard = elapsed();
  #stopLooking: (() => void) | undefined;

  constructor(socket: Socket, form: Form, patience: Patience) {
    this.#socket = socket;
    this.#form = form;
    this.#patience = patience;
    socket.unref();
  }

  /** @param end called once, when nothing comes any more */
  listen(take: (message: OwnerMessage) => void, silent: () => void, end: () => void): void {
    const socket = this.#socket;
    const reader = new FrameReader((payload) => take(readMessage<OwnerMessage>(payload)));
    reader.most = MOST_FRAME_BYTES;
    socket.on("data", (chunk: Buffer) => {
      this.#heard = elapsed();
      try {
        reader.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on("close", () => {
      this.#stopLooking?.();
      end();
    });
    this.#silent = silent;
    if (socket.destroyed) end();
  }

  #silent: () => void = () => {};

  /** @throws as `frameOfMessage` */
  tell(message: PeerMessage): void {
    this.#send(frameOfMessage(message, this.#form));
  }

  /** @param frame a message in the form of this runtime. @throws as `frameOfMessage` */
  send(frame: Buffer): void {
    if (this.#form === "own") this.#send(frame);
    else this.tell(readFrame<PeerMessage>(frame));
  }

  #send(frame: Buffer): void {
    if (this.#socket.writable) this.#socket.write(frame);
  }

  /** Whether answers are waited for: as long as they are, the process does not end, and the owner is watched. */
  expect(answers: boolean): void {
    if (answers === (this.#stopLooking !== undefined)) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    if (!answers) {
      this.#socket.unref();
      return;
    }
    this.#socket.ref();
    this.#heard = elapsed();
    let looked = elapsed();
    const ping = frameOfMessage({ kind: "ping" }, this.#form);
    this.#stopLooking = every(this.#patience.lookMs, () => {
      const since = elapsed() - looked;
      looked = elapsed();
      // This process has slept itself: what has come meanwhile is not read yet.
      if (since > 3 * this.#patience.lookMs) this.#heard = looked;
      if (looked - this.#heard < this.#patience.silentMs) return this.#send(ping);
      this.#heard = looked;
      this.#silent();
    });
  }

  end(): void {
    this.#stopLooking?.();
    this.#socket.end();
    this.#socket.unref();
  }
}
