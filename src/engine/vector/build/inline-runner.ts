import { BackgroundTurns } from "../background-turns.js";
import type { BuildJob } from "./build-job.js";
import type { BuildRunner, RunningJob } from "./build-runner.js";
import { runBuildJob } from "./build-steps.js";

const SLICE_MS = 5;

/** Runs jobs on the calling thread, in slices between which the event loop runs: for where no worker can be started. */
export class InlineRunner implements BuildRunner {
  readonly place = "main thread";

  start(job: BuildJob): RunningJob {
    const turns = new BackgroundTurns(SLICE_MS);
    // A row of 768 numbers takes a millisecond or two to link.
    const pace = { linkRows: 2, copyRows: 512, lingerMs: 0, turn: () => turns.turn() };
    return { reply: turns.next().then(() => runBuildJob(job, pace)), hold: () => turns.hold() };
  }
}
