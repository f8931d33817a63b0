import type { BuildJob, BuildReply } from "./build-job.js";

/** Where build jobs run. */
export type BuildPlace = "worker" | "main thread";

/** Runs build jobs, somewhere. */
export interface BuildRunner {
  /** Where the next job will run, by what is known now. */
  readonly place: BuildPlace;
  /** Begins a job. It does not keep the process alive unless it is held. */
  start(job: BuildJob): RunningJob;
}

export interface RunningJob {
  /** Settles when the job has ended and holds no memory any more; never rejects. */
  readonly reply: Promise<BuildReply>;
  /** From now on the process stays alive until the job has ended. */
  hold(): void;
}
