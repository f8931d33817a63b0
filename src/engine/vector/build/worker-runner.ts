import type { Worker } from "node:worker_threads";
import { startWorker } from "../../../runtime/worker.js";
import type { BuildJob, BuildReply } from "./build-job.js";
import type { BuildPlace, BuildRunner, RunningJob } from "./build-runner.js";
import { InlineRunner } from "./inline-runner.js";

const WARNING_CODE = "ELANUS_NO_BUILD_WORKER";

/** One warning per process, however many databases it opens. */
let warned = false;

/** Runs each job in a worker thread of its own; on the calling thread once it has turned out that no worker starts. */
export class WorkerRunner implements BuildRunner {
  readonly #inline = new InlineRunner();
  #code: string | undefined;

  /** @param code the worker's code; undefined in a run from the sources */
  constructor(code: string | undefined) {
    this.#code = code;
  }

  get place(): BuildPlace {
    return this.#code === undefined ? this.#inline.place : "worker";
  }

  start(job: BuildJob): RunningJob {
    if (this.#code === undefined) {
      warn("this is a run from the sources");
      return this.#inline.start(job);
    }
    const attempt = attemptWorker(this.#code, job);
    let instead: RunningJob | undefined;
    let held = false;
    const reply = attempt.ended.then(({ started, reply }) => {
      if (started) return reply;
      this.#code = undefined;
      warn(reply.kind === "failed" ? reply.reason : "it said nothing");
      instead = this.#inline.start(job);
      if (held) instead.hold();
      return instead.reply;
    });
    return {
      reply,
      hold() {
        held = true;
        attempt.hold();
        instead?.hold();
      },
    };
  }
}

interface Attempt {
  readonly ended: Promise<{ readonly started: boolean; readonly reply: BuildReply }>;
  hold(): void;
}

function attemptWorker(code: string, job: BuildJob): Attempt {
  let worker: Worker;
  try {
    worker = startWorker("elanus-build", code, job);
  } catch (error) {
    const reply: BuildReply = { kind: "failed", reason: reasonOf(error) };
    return { ended: Promise.resolve({ started: false, reply }), hold() {} };
  }
  let started = false;
  let reply: BuildReply = { kind: "failed", reason: "the build worker ended" };
  worker.on("message", (message: "started" | BuildReply) => {
    if (message === "started") started = true;
    else reply = message;
  });
  worker.on("error", (error) => {
    reply = { kind: "failed", reason: reasonOf(error) };
  });
  const ended = new Promise<{ started: boolean; reply: BuildReply }>((resolve) => {
    worker.on("exit", () => resolve({ started, reply }));
  });
  // A program that has nothing else to do may end; the graph is made again then. After the listeners: one for messages
  // takes the reference again.
  worker.unref();
  return { ended, hold: () => worker.ref() };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function warn(reason: string): void {
  if (warned) return;
  warned = true;
  process.emitWarning(
    `graphs are built on the calling thread, in slices: no build worker could be started: ${reason}`,
    {
      type: "ElanusWarning",
      code: WARNING_CODE,
    },
  );
}
