import { parentPort, workerData } from "node:worker_threads";
import type { Reply } from "../engine/contract/reply.js";
import type { TransferKind, TransferRequest } from "../engine/contract/transfers.js";
import { type Engine, type EngineOptions, openEngine } from "../engine/index.js";
import { openSharedEngine } from "../shared/shared-engine.js";
import { BorrowedFunctions } from "./lent-functions.js";
import { LineEnd } from "./line/line.js";
import { ownBuffers } from "./own-buffers.js";
import {
  type AskedCall,
  PROGRESS_ID,
  toWire,
  WAKE,
  type WorkerCall,
  type WorkerData,
  type WorkerReply,
} from "./protocol.js";

/** The engine in a thread of its own: one message in, one message out. */
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker thread");
const { path, options, functions, share, line: memory } = workerData as WorkerData;
const borrowed = new BorrowedFunctions(functions, (message) => port.postMessage(message));

let engine: Engine | undefined;
open({ ...options, functions: borrowed.functions }).then(
  (opened) => {
    engine = opened.engine;
    engine.onProgress((event) => port.postMessage({ id: PROGRESS_ID, value: event } satisfies WorkerReply));
    const { functions: _, key: _key, ...value } = opened.options;
    port.postMessage({ id: 0, value } satisfies WorkerReply);
  },
  (error: unknown) => port.postMessage({ id: 0, error: toWire(error) } satisfies WorkerReply),
);

/** With the options that it is open with: those of another process, where that one has it open already. */
async function open(asked: EngineOptions): Promise<{ readonly engine: Engine; readonly options: EngineOptions }> {
  return share === undefined
    ? { engine: openEngine(path, asked), options: asked }
    : openSharedEngine(path, asked, share);
}

/** Calls under way that may be left. */
const running = new Map<number, AbortController>();

async function leavable<T>(id: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    return await work(abort.signal);
  } finally {
    running.delete(id);
  }
}

function transfer(target: Engine, id: number, kind: TransferKind, request: TransferRequest<TransferKind>) {
  return leavable(id, (signal) =>
    target.transfer(kind, request, {
      signal,
      onProgress: (progress) => port?.postMessage({ id, progress } satisfies WorkerReply),
    }),
  );
}

async function answer(target: Engine, call: AskedCall): Promise<unknown> {
  switch (call.method) {
    case "execute":
      return call.abortable
        ? leavable(call.id, (signal) => target.execute(call.path, call.request, { ...call.options, signal }))
        : target.execute(call.path, call.request, call.options);
    case "permit":
      return target.permit(call.path, call.names, call.options);
    case "authenticate":
      return target.authenticate(call.credential);
    case "preload":
      return target.preload(call.wanted);
    case "transfer":
      return transfer(target, call.id, call.kind, call.request);
    case "abort":
      running.get(call.call)?.abort();
      return undefined;
    case "check":
      return target.check();
    case "stats":
      return target.stats();
    case "close":
      return target.close();
  }
}

/** @param quick it came by the line, and its answer may go back that way */
function run(call: AskedCall, quick: boolean): void {
  if (engine === undefined) return;
  answer(engine, call).then(
    (value) => {
      const reply: WorkerReply = { id: call.id, value };
      if (quick && line.send(reply)) return;
      port?.postMessage(reply, call.method === "execute" ? ownBuffers((value as Reply<unknown>).data) : []);
    },
    (error) => {
      const reply: WorkerReply = { id: call.id, error: toWire(error) };
      if (!quick || !line.send(reply)) port?.postMessage(reply);
    },
  );
}

const line = new LineEnd(
  memory,
  1,
  (call) => run(call as AskedCall, true),
  () => port.postMessage(WAKE),
);

port.on("message", (call: WorkerCall | typeof WAKE) => {
  if (call === WAKE) {
    line.look();
    return;
  }
  line.cameAround();
  if (call.method === "answer") borrowed.answered(call);
  else run(call, false);
});
