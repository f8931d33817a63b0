import { statSync } from "node:fs";
import { failure, isElanusError } from "../../errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { type ImportedUnit, type ImportJob, type ImportJobTable, importJobTable } from "./import-job-table.js";
import { type ImportPlan, type ImportSteps, type StagedRows, stageRows } from "./import-rows.js";
import type { TransferScope } from "./transfer-scope.js";

/** A job that is asked for. */
export interface AskedImport {
  /** Made when it is the job's turn: its collection is what it is then. @throws what ends the job */
  readonly plan: () => ImportPlan;
  readonly collection: ReturnType<Catalog["byId"]> & object;
  /** Names of the files that are read together; `plan` has one file for each. */
  readonly units: readonly { readonly name: string; readonly path: string }[];
  /** Milliseconds that it may take; undefined: as many as it likes. */
  readonly timeout: number | undefined;
  /** Rows become visible when they are there; else when somebody says so. */
  readonly commits: boolean;
}

const INTERRUPTED = "interrupted";
/** Ended jobs are remembered for three hours. */
const KEPT_MS = 3 * 60 * 60 * 1000;
/** Jobs that wait. */
const MOST_JOBS = 1024;
/** Progress when all has been read, which takes most of the time. */
const READ = 90;

/** Jobs that bring rows of files into collections, one after the other. */
export class ImportJobs {
  readonly #scope: TransferScope;
  readonly #table: ImportJobTable;
  /** Jobs that are under way as they are now: the table knows how they began. */
  readonly #live = new Map<number, ImportJob>();
  /** Rows of jobs that wait for a word. */
  readonly #staged = new Map<number, StagedRows>();
  #running: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closing = false;

  constructor(scope: TransferScope) {
    this.#scope = scope;
    this.#table = importJobTable(scope.sql);
  }

  /** Jobs of a process that has ended have failed. */
  tidy(): void {
    const left = this.#table.all().filter(({ endedAt }) => endedAt === 0);
    if (left.length === 0) return;
    try {
      this.#write(left.map((job) => this.#failed(job, INTERRUPTED)));
    } catch {
      // A full disk must not keep anybody from opening the database.
    }
  }

  /** In order of creation. */
  all(): readonly ImportJob[] {
    return this.#table.all().map((job) => this.#live.get(job.id) ?? job);
  }

  byId(id: number): ImportJob | undefined {
    return this.#live.get(id) ?? this.#table.byId(id);
  }

  /** @returns the number of the job. @throws ImportFailed when too many wait */
  start(asked: AskedImport): number {
    const { catalog, now, transaction } = this.#scope;
    if (this.#waiting >= MOST_JOBS) {
      const text = `The number of jobs has reached the limit, please try again later. If your request is set to only import a single file, please consider importing multiple files in one request for better efficiency.`;
      throw failure("ImportFailed", { text });
    }
    const { collection, units } = asked;
    const job = transaction((): ImportJob => {
      const made: ImportJob = {
        id: catalog.sequences.nextId(),
        database: collection.database,
        collection: collection.name,
        collectionId: collection.id,
        state: "Pending",
        reason: "",
        createdAt: now(),
        endedAt: 0,
        units: units.map(({ name, path }) => ({
          name: `[${name}]`,
          bytes: sizeOf(path),
          rows: 0,
          progress: 0,
          endedAt: 0,
        })),
      };
      this.#table.forget(now() - KEPT_MS);
      this.#table.put(made);
      return made;
    });
    this.#live.set(job.id, job);
    this.#waiting++;
    this.#running = this.#running.then(() => this.#run(job, asked));
    return job.id;
  }

  /** Makes the rows of a job visible that waits for it. @throws ImportFailed for a job in another state, and why it has failed */
  async commit(job: ImportJob): Promise<void> {
    const staged = this.#requireStaged(job);
    this.#staged.delete(job.id);
    await this.#takeOver(job, staged);
    const ended = this.byId(job.id);
    if (ended?.state === "Failed") throw failure("ImportFailed", { text: ended.reason });
  }

  /** Takes away what a job has laid ready that waits. @throws ImportFailed for a job in another state */
  abort(job: ImportJob): void {
    const staged = this.#requireStaged(job);
    this.#staged.delete(job.id);
    staged.discard();
    this.#end(this.#failed(job, "aborted"));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
    for (const [id, staged] of this.#staged) {
      staged.discard();
      const job = this.byId(id);
      if (job !== undefined) this.#end(this.#failed(job, INTERRUPTED));
    }
    this.#staged.clear();
  }

  #requireStaged(job: ImportJob): StagedRows {
    const staged = this.#staged.get(job.id);
    if (staged !== undefined) return staged;
    throw failure("ImportFailed", { text: `import job ${job.id} is ${job.state}, not Uncommitted` });
  }

  async #run(job: ImportJob, asked: AskedImport): Promise<void> {
    this.#waiting--;
    let current: ImportJob = { ...job, state: "Importing" };
    try {
      this.#check(job, undefined);
      this.#live.set(job.id, current);
      const until = asked.timeout === undefined ? undefined : job.createdAt + asked.timeout;
      const steps: ImportSteps = {
        check: () => this.#check(job, until),
        progressed: ({ file }) => {
          current = { ...current, units: this.#unitsAt(current.units, file) };
          this.#live.set(job.id, current);
        },
      };
      const staged = await stageRows(this.#scope, asked.plan(), steps);
      current = {
        ...current,
        units: current.units.map((unit) => ({ ...unit, progress: 100, endedAt: this.#scope.now() })),
      };
      if (asked.commits) await this.#takeOver(current, staged);
      else {
        this.#staged.set(job.id, staged);
        this.#live.set(job.id, { ...current, state: "Uncommitted" });
      }
    } catch (error) {
      this.#end(this.#failed(current, this.#closing ? INTERRUPTED : reasonOf(error)));
    }
  }

  async #takeOver(job: ImportJob, staged: StagedRows): Promise<void> {
    try {
      await staged.takeOver();
      this.#end({ ...job, state: "Completed", endedAt: this.#scope.now() });
    } catch (error) {
      this.#end(this.#failed(job, reasonOf(error)));
    } finally {
      staged.discard();
    }
  }

  /** @throws what ends the job */
  #check({ collectionId }: ImportJob, until: number | undefined): void {
    if (this.#closing) throw failure("NotReady", { reason: INTERRUPTED });
    if (this.#scope.catalog.byId(collectionId) === undefined) {
      throw failure("ImportFailed", { text: `collection ${collectionId} dropped` });
    }
    if (until !== undefined && this.#scope.now() > until) throw failure("ImportFailed", { text: "import timeout" });
  }

  #unitsAt(
    units: readonly ImportedUnit[],
    { position, rows, bytes }: { position: number; rows: number; bytes: number },
  ) {
    return units.map((unit, i): ImportedUnit => {
      if (i < position) return { ...unit, progress: 100, endedAt: unit.endedAt || this.#scope.now() };
      const part = unit.bytes === 0 ? 0 : Math.min(1, bytes / unit.bytes);
      return i > position ? unit : { ...unit, rows, progress: Math.max(unit.progress, Math.floor(part * READ)) };
    });
  }

  #failed(job: ImportJob, reason: string): ImportJob {
    return { ...job, state: "Failed", reason, endedAt: this.#scope.now() };
  }

  #end(job: ImportJob): void {
    try {
      this.#write([job]);
      this.#live.delete(job.id);
    } catch {
      // What cannot be written down is told as long as this process lives.
      this.#live.set(job.id, job);
    }
  }

  #write(jobs: readonly ImportJob[]): void {
    this.#scope.removal(() => {
      for (const job of jobs) this.#table.put(job);
    });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** As servers word it: the detail first, then the file. */
function reasonOf(error: unknown): string {
  if (!isElanusError(error)) return `error: ${String(error)}`;
  if (error.kind !== "ImportFailed") return `error: ${error.message}`;
  const { file, text } = error.details;
  if (file === undefined) return String(text);
  return `error: ${text}: importing data failed, file: ${file}`;
}
