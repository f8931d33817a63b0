import { randomUUID } from "node:crypto";
import { contract, isOperation } from "../engine/contract/table.js";
import {
  type Engine,
  type EngineOptions,
  type ExecuteOptions,
  fileIdentity,
  ProgressFeed,
  type Reply,
} from "../engine/index.js";
import { failure, isElanusError } from "../errors.js";
import { nextTurn } from "../values/clock.js";
import { requireWanted } from "../values/wanted.js";
import { LentFunctions } from "../worker/lent-functions.js";
import { packRequest } from "../worker/pack-request.js";
import { type Arrival, arrive } from "./arrive.js";
import { proofOfKey } from "./greeting.js";
import { answerAsked, type OwnerMessage, type PeerMessage, readFrame } from "./messages.js";
import { type CallKind, malformed, type PendingCall, PendingCalls } from "./pending-calls.js";
import { PATIENCE, type Patience, type ShareOptions } from "./share-options.js";
import { withWholePaths } from "./shared-options.js";
import { withWholePlaces } from "./whole-places.js";

/** An open file that is shared, and the options that its owner has it open with. */
export interface SharedOpening {
  readonly engine: Engine;
  readonly options: EngineOptions;
}

/**
 * Opens a file that several processes share: the first one owns it, the others reach it through that one.
 *
 * @throws what `arrive` throws
 */
export async function openSharedEngine(
  path: string,
  given: EngineOptions,
  share: ShareOptions = {},
): Promise<SharedOpening> {
  const engine = new SharedEngine(path, withWholePaths(given), share);
  return { engine, options: await engine.open() };
}

/** An answer that is not waited for any more once a signal says so, if nothing is committed by then. */
async function abortable<T>(ask: () => Promise<T>, signal: AbortSignal, abort: () => void): Promise<T> {
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await ask();
  } catch (error) {
    // The reason stays where the signal is.
    if (isElanusError(error, "Canceled")) requireWanted(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The engine of a file that this process owns, or another one. When the owner ends, one of the others takes its place. */
class SharedEngine implements Engine {
  readonly #path: string;
  readonly #joins: boolean;
  readonly #patience: Patience;
  /** As they were given; those of the owner, once there was one. */
  #options: EngineOptions;
  /** Named to every owner: what one of them has done for it, the next one knows of. */
  readonly #session = randomUUID();
  readonly #feed = new ProgressFeed();
  readonly #lent: LentFunctions;
  readonly #pending = new PendingCalls(this.#session, (waits) => {
    if (this.#at?.role === "peer") this.#at.line.expect(waits);
  });
  /** Of the file, from its first opening on. */
  #identity: string | undefined;
  #at: Arrival | undefined;
  #arriving: Promise<void> | undefined;
  #stopListening: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(path: string, options: EngineOptions, share: ShareOptions) {
    this.#path = path;
    this.#options = options;
    this.#joins = share.joins ?? false;
    this.#patience = share.patience ?? PATIENCE;
    this.#lent = new LentFunctions(options.functions ?? {}, (answer) => this.#tell({ kind: "answer", answer }));
  }

  async open(): Promise<EngineOptions> {
    await this.#arrive(this.#patience.firstMs, true);
    return this.#options;
  }

  requireOpen(): void {
    if (this.#closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
    this.#owned?.requireOpen();
  }

  execute(path: string, request: object, options: ExecuteOptions = {}): Promise<Reply<unknown>> {
    if (this.#owned !== undefined) return this.#owned.execute(path, request, options);
    const { signal, ...execution } = options;
    const writes = isOperation(path) && contract[path].writes;
    return this.#ask<Reply<unknown>>(
      (write) => {
        requireWanted(signal);
        return {
          method: "execute",
          path,
          request: packRequest(path, request).request,
          options: write === undefined ? execution : { ...execution, write },
        };
      },
      { signal, writes },
    );
  }

  readonly permit: Engine["permit"] = (path, names, options) =>
    this.#owned?.permit(path, names, options) ?? this.#ask(() => ({ method: "permit", path, names, options }));

  readonly authenticate: Engine["authenticate"] = (credential) =>
    this.#owned?.authenticate(credential) ?? this.#ask(() => ({ method: "authenticate", credential }));

  readonly preload: Engine["preload"] = (wanted) =>
    this.#owned?.preload(wanted) ?? this.#ask(() => ({ method: "preload", wanted }));

  readonly transfer: Engine["transfer"] = (kind, request, watch = {}) => {
    if (this.#owned !== undefined) return this.#owned.transfer(kind, request, watch);
    const writes = kind === "import";
    // A reembed goes on where it was ended, whoever owns the file by then.
    const once = writes || kind === "reembed" ? undefined : kind;
    return this.#ask(
      (write) => ({
        method: "transfer",
        kind,
        request: withWholePlaces(request),
        ...(write !== undefined && { write }),
      }),
      { signal: watch.signal, progressed: watch.onProgress, writes, once },
    );
  };

  readonly check: Engine["check"] = () => this.#owned?.check() ?? this.#ask(() => ({ method: "check" }));

  readonly stats: Engine["stats"] = () => this.#owned?.stats() ?? this.#ask(() => ({ method: "stats" }));

  readonly onProgress: Engine["onProgress"] = (listener) => {
    const stop = this.#feed.subscribe(listener);
    this.#listen();
    return () => {
      stop();
      this.#listen();
    };
  };

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#pending.idle();
    await this.#arriving?.catch(() => {});
    const at = this.#at;
    if (at?.role === "peer") at.line.end();
    if (at?.role !== "owner") return;
    at.door.close();
    try {
      await at.engine.close();
    } finally {
      // What was answered last is on its way.
      await nextTurn();
      at.door.leave();
    }
  }

  /** The engine, where this process owns the file. */
  get #owned(): Engine | undefined {
    return this.#at?.role === "owner" ? this.#at.engine : undefined;
  }

  #ask<T>(describe: Parameters<PendingCalls["ask"]>[0], kind: CallKind = {}): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(failure("NotReady", { reason: "the database is closed" }));
    let abort = (): void => {};
    const ask = () =>
      this.#pending.ask(describe, kind, (call) => {
        abort = () => this.#tell({ kind: "abort", id: call.id });
        this.#send(call);
        if (this.#at === undefined) void this.#arrive(this.#patience.laterMs).catch(() => {});
      }) as Promise<T>;
    return kind.signal === undefined ? ask() : abortable(ask, kind.signal, () => abort());
  }

  /** Asks whoever owns the file now; while nobody does, the call waits. */
  #send(call: PendingCall): void {
    const at = this.#at;
    if (at?.role === "peer") {
      try {
        at.line.send(call.frame);
      } catch (error) {
        this.#pending.reject(call.id, malformed(error));
        return;
      }
      if (call.signal?.aborted === true) this.#tell({ kind: "abort", id: call.id });
    } else if (at !== undefined) void this.#answerHere(at.engine, call);
  }

  /** Answers a call that was asked before this process came to own the file. */
  async #answerHere(engine: Engine, { id, frame, signal, progressed }: PendingCall): Promise<void> {
    const message = readFrame<PeerMessage>(frame);
    if (message.kind !== "ask") return;
    try {
      this.#pending.answer(id, await answerAsked(engine, message.asked, { signal, onProgress: progressed }));
    } catch (error) {
      this.#pending.reject(id, error);
    }
  }

  /** @param keepsAlive the process does not end meanwhile, whether or not a call waits */
  #arrive(within: number, keepsAlive = false): Promise<void> {
    this.#arriving ??= this.#find(within, keepsAlive).finally(() => {
      this.#arriving = undefined;
    });
    return this.#arriving;
  }

  async #find(within: number, keepsAlive: boolean): Promise<void> {
    const { functions, key, ...options } = this.#options;
    try {
      this.#at = await arrive({
        path: this.#path,
        options: this.#options,
        identity: this.#identity,
        introduction: {
          session: this.#session,
          options,
          key: proofOfKey(key, this.#session),
          functions: this.#lent.names,
        },
        joins: this.#joins,
        patience: this.#patience,
        within,
        keepsAlive: () => keepsAlive || this.#pending.size > 0,
      });
    } catch (error) {
      this.#pending.rejectAll(error);
      throw error;
    }
    this.#identity ??= fileIdentity(this.#path);
    const at = this.#at;
    if (at.role === "peer") {
      this.#options = {
        ...at.welcome.options,
        ...(functions !== undefined && { functions }),
        ...(key !== undefined && { key }),
      };
      const owner = `process ${at.welcome.process}`;
      at.line.listen(
        (message) => this.#take(message),
        () => this.#pending.rejectAll(failure("OwnerSilent", { owner, seconds: this.#patience.silentMs / 1000 })),
        () => this.#lost(at),
      );
      at.line.expect(this.#pending.size > 0);
    }
    this.#stopListening = undefined;
    this.#listen();
    for (const call of this.#pending.all()) this.#send(call);
  }

  /** The owner has ended. */
  #lost(at: Arrival): void {
    if (this.#at !== at) return;
    this.#at = undefined;
    this.#lent.abortAll();
    this.#pending.ownerEnded();
    if (this.#closing !== undefined && this.#pending.size === 0) return;
    // Somebody must own the file, for those that come; where it cannot be done now, the next call tries again.
    void this.#arrive(this.#patience.laterMs).catch(() => {});
  }

  #take(message: OwnerMessage): void {
    switch (message.kind) {
      case "reply":
        if (message.error === undefined) this.#pending.answer(message.id, message.value);
        else this.#pending.fail(message.id, message.error);
        return;
      case "progress":
        this.#pending.progressed(message.id, message.progress);
        return;
      case "event":
        this.#feed.emit(message.event);
        return;
      case "call":
        void this.#lent.run(message.id, message.call);
        return;
      case "abort":
        this.#lent.abort(message.id);
        return;
      case "welcome":
      case "refused":
      case "pong":
        return;
    }
  }

  /** Has progress told here while somebody listens. */
  #listen(): void {
    const wanted = !this.#feed.silent;
    if (wanted === (this.#stopListening !== undefined)) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
    if (!wanted || this.#at === undefined) return;
    if (this.#at.role === "owner") {
      this.#stopListening = this.#at.engine.onProgress((event) => this.#feed.emit(event));
      return;
    }
    this.#tell({ kind: "listen", on: true });
    this.#stopListening = () => this.#tell({ kind: "listen", on: false });
  }

  #tell(message: PeerMessage): void {
    if (this.#at?.role === "peer") this.#at.line.tell(message);
  }
}
