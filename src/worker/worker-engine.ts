import type { TransferProgress, TransferResult } from "../engine/contract/transfers.js";
import {
  type Engine,
  type EngineOptions,
  type ProgressEvent,
  ProgressFeed,
  type Reply,
  type Verdict,
} from "../engine/index.js";
import { failure, isElanusError } from "../errors.js";
import { startWorker } from "../runtime/worker.js";
import type { ShareOptions } from "../shared/share-options.js";
import { thrownText } from "../values/shown-text.js";
import { requireWanted } from "../values/wanted.js";
import { LentFunctions } from "./lent-functions.js";
import { LineEnd, lineMemory } from "./line/line.js";
import { type PackedRequest, packRequest } from "./pack-request.js";
import {
  type AskedCall,
  fromWire,
  PROGRESS_ID,
  QUICK,
  WAKE,
  type WireError,
  type WorkerCall,
  type WorkerData,
  type WorkerReply,
} from "./protocol.js";

/** What the thread has refused a call with. */
class Refusal {
  readonly error: WireError;

  constructor(error: WireError) {
    this.error = error;
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error | Refusal) => void;
  readonly progressed?: ((progress: TransferProgress) => void) | undefined;
}

/** Its stack leads to who made a call. To find that out costs as much as a small call: those do without, see `toThrow`. */
interface Caller {
  readonly stack?: string;
}

/** @param caller absent: the stack is that of who awaits the call, so it must be made where that is awaited */
function toThrow(reason: unknown, caller?: Caller): unknown {
  return reason instanceof Refusal ? fromWire(reason.error, caller) : reason;
}

type CallBody = AskedCall extends infer Call ? (Call extends AskedCall ? Omit<Call, "id"> : never) : never;

/**
 * The engine in a worker thread, behind the same interface: nothing it does holds the caller's event loop.
 * The thread keeps the process alive only while calls are under way.
 *
 * @param share how the thread shares the file with other processes; absent: not at all
 * @returns with the options that the file is open with
 * @throws NoWorker, and what `openEngine` throws
 */
export async function openWorkerEngine(
  path: string,
  options: EngineOptions,
  share?: ShareOptions,
): Promise<{ readonly engine: Engine; readonly options: EngineOptions }> {
  // Some hundred kilobytes that most programs never need.
  const { engineWorkerCode } = await import("./engine-worker-code.js");
  const { functions = {}, ...others } = options;
  const lent = new LentFunctions(functions, (answer) => post(answer));
  const memory = lineMemory();
  const data: WorkerData = { path, options: others, functions: lent.names, share, line: memory };
  const worker = startWorker("elanus", engineWorkerCode, data);
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let ended: Error | undefined;

  const feed = new ProgressFeed();
  const settle = ({ id, value, error, call: asked, abort, progress }: WorkerReply): void => {
    if (progress !== undefined) {
      pending.get(id)?.progressed?.(progress);
      return;
    }
    if (asked !== undefined) {
      void lent.run(id, asked);
      return;
    }
    if (abort === true) {
      lent.abort(id);
      return;
    }
    if (id === PROGRESS_ID) {
      feed.emit(value as ProgressEvent);
      return;
    }
    const call = pending.get(id);
    if (call === undefined) return;
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    if (error === undefined) call.resolve(value);
    else call.reject(new Refusal(error));
  };
  const end = (reason: Error): void => {
    ended ??= reason;
    for (const call of pending.values()) call.reject(ended);
    pending.clear();
    lent.abortAll();
  };
  const line = new LineEnd(
    memory,
    0,
    (reply) => settle(reply as WorkerReply),
    () => worker.postMessage(WAKE),
  );
  function post(message: WorkerCall, transfer: readonly ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer);
    line.goesAround();
  }
  worker.on("message", (reply: WorkerReply | typeof WAKE) => {
    if (reply === WAKE) line.look();
    else settle(reply);
  });
  worker.on("error", (cause) =>
    end(failure("Internal", { reason: `the engine's thread failed: ${cause.message}` }, cause)),
  );
  worker.on("exit", () => end(failure("NotReady", { reason: "the database is closed" })));

  const started = new Promise<unknown>((resolve, reject) => pending.set(0, { resolve, reject }));
  let opened: EngineOptions;
  try {
    opened = (await started) as EngineOptions;
  } catch (error) {
    await worker.terminate();
    throw toThrow(error);
  }

  async function call(
    body: CallBody,
    transfer: readonly ArrayBuffer[] = [],
    progressed?: (progress: TransferProgress) => void,
    id: number = nextId++,
  ): Promise<unknown> {
    if (ended !== undefined) throw ended;
    const quick = body.method === "execute" && QUICK.has(body.path);
    const caller: Caller | undefined = quick ? undefined : {};
    if (caller !== undefined) Error.captureStackTrace(caller, call);
    const answer = new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject, progressed });
      if (pending.size === 1) worker.ref();
      try {
        const message = { ...body, id } as AskedCall;
        if (!quick || !line.send(message)) post(message, transfer);
      } catch (cause) {
        // What cannot be cloned (a function, a symbol) cannot be JSON either.
        pending.delete(id);
        if (pending.size === 0) worker.unref();
        reject(failure("MalformedRequest", { detail: thrownText(cause) }, cause));
      }
    });
    try {
      return await answer;
    } catch (error) {
      throw toThrow(error, caller);
    }
  }

  /** Tells the thread when the caller leaves. */
  async function left<T>(signal: AbortSignal | undefined, send: (id: number) => Promise<T>): Promise<T> {
    const id = nextId++;
    const abort = (): void => void call({ method: "abort", call: id }).catch(() => {});
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const result = send(id);
      if (signal?.aborted === true) abort();
      return await result;
    } catch (error) {
      // The reason has stayed here.
      if (isElanusError(error) && error.kind === "Canceled") requireWanted(signal);
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  let closing: Promise<void> | undefined;
  const engine: Engine = {
    requireOpen() {
      if (ended !== undefined) throw ended;
      if (closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
    },
    execute(name, request, { signal, ...execution } = {}) {
      let packed: PackedRequest;
      try {
        packed = packRequest(name, request);
      } catch (error) {
        return Promise.reject(error);
      }
      const { request: given, transfer } = packed;
      const abortable = signal !== undefined;
      const body = { method: "execute", path: name, request: given, options: execution, abortable } as const;
      const execute = (id?: number) => call(body, transfer, undefined, id) as Promise<Reply<unknown>>;
      return abortable ? left(signal, execute) : execute();
    },
    permit: (name, names, asker) => call({ method: "permit", path: name, names, options: asker }) as Promise<void>,
    authenticate: (credential) => call({ method: "authenticate", credential }) as Promise<Verdict>,
    preload: (wanted) => call({ method: "preload", wanted }) as Promise<void>,
    transfer: (kind, request, { signal, onProgress } = {}) =>
      left(signal, (id) => call({ method: "transfer", kind, request }, [], onProgress, id)) as Promise<
        TransferResult<typeof kind>
      >,
    check: () => call({ method: "check" }) as ReturnType<Engine["check"]>,
    stats: () => call({ method: "stats" }) as ReturnType<Engine["stats"]>,
    onProgress: (listener) => feed.subscribe(listener),
    close() {
      closing ??= (async () => {
        // A thread that failed is gone already.
        if (ended !== undefined) return;
        await call({ method: "close" });
        ended ??= failure("NotReady", { reason: "the database is closed" });
        // From here: not every runtime lets a thread close the port that keeps it alive.
        await worker.terminate();
      })();
      return closing;
    },
  };
  return { engine, options: { ...opened, ...(options.key !== undefined && { key: options.key }), functions } };
}
