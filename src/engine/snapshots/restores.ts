import { failure, isElanusError } from "../../errors.js";
import type { Catalog, GivenCollection } from "../catalog/catalog.js";
import { tablesToCopy } from "../entities/copied-tables.js";
import { ownTurn } from "../entities/row-slices.js";
import { failpoint } from "../failpoints.js";
import { wrapSqliteError } from "../storage/sqlite-errors.js";
import { copyRows } from "./copy-rows.js";
import type { JobChange, JobTable, SnapshotJob } from "./job-table.js";
import type { OpenCopy } from "./snapshot-home.js";
import type { SnapshotScope } from "./snapshot-scope.js";
import { createTables } from "./store-of-one.js";

export interface RestoreTarget {
  readonly databaseId: number;
  readonly database: string;
  readonly name: string;
}

/** Where the rows come from. */
export interface RestoreSource {
  readonly snapshot: string;
  /** Called when it is this job's turn. */
  readonly open: () => Promise<OpenCopy>;
}

const INTERRUPTED = "interrupted by shutdown";

/** Jobs that make collections out of copies, one after the other. A collection is there when all of its rows are. */
export class Restores {
  readonly #scope: SnapshotScope;
  readonly #jobs: JobTable;
  /** Jobs whose end could not be written down, and why they have failed. */
  readonly #unwritten = new Map<number, string>();
  #running: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(scope: SnapshotScope, jobs: JobTable) {
    this.#scope = scope;
    this.#jobs = jobs;
  }

  /** Jobs of a process that has died have failed. */
  tidy(): void {
    for (const job of this.#jobs.unfinished()) this.#fail(job, INTERRUPTED);
  }

  /** A job as it is, whatever could be written of it. */
  current(job: SnapshotJob): SnapshotJob {
    const reason = this.#unwritten.get(job.id);
    return reason === undefined ? job : { ...job, state: "Failed", reason };
  }

  /** @throws CollectionExists when another restore is making a collection of this name */
  start(source: RestoreSource, target: RestoreTarget): number {
    const { catalog, now, transaction } = this.#scope;
    for (const job of this.#jobs.unfinished()) {
      const reason = this.#unwritten.get(job.id);
      if (reason !== undefined) this.#fail(job, reason);
    }
    const taken = this.#jobs
      .unfinished()
      .some(({ database, collection }) => database === target.database && collection === target.name);
    if (taken) throw failure("CollectionExists", { collection: target.name });
    const job = transaction((): SnapshotJob => {
      const made: SnapshotJob = {
        id: catalog.sequences.nextId(),
        kind: "restore",
        snapshot: source.snapshot,
        database: target.database,
        collection: target.name,
        collectionId: catalog.sequences.nextId(),
        state: "Pending",
        progress: 0,
        reason: "",
        startedAt: now(),
        endedAt: 0,
        target: "",
        sizeBytes: 0,
      };
      this.#jobs.add(made);
      return made;
    });
    this.#running = this.#running.then(() => this.#run(job, source, target));
    return job.id;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
  }

  async #run(job: SnapshotJob, source: RestoreSource, target: RestoreTarget): Promise<void> {
    let copy: OpenCopy | undefined;
    try {
      this.#check();
      copy = await source.open();
      await this.#copy(job, copy, target);
    } catch (error) {
      this.#fail(job, this.#closing ? INTERRUPTED : reasonOf(error));
    } finally {
      this.#leave(copy);
    }
  }

  async #copy(job: SnapshotJob, copy: OpenCopy, target: RestoreTarget): Promise<void> {
    const { catalog, entities, transaction, lazily, relief, now } = this.#scope;
    const { collection: original, numbers } = copy;
    const begun = transaction(() => {
      const given = this.#given(job, copy, target);
      createTables(entities, { ...given, database: target.database, schemaVersion: 1, schemaChanges: 0 });
      this.#jobs.change(job.id, { state: "Executing" });
      return given;
    });
    const partitions = new Map(original.partitions.map(({ id }, i) => [id, begun.partitions[i]?.id ?? 0]));
    let told = 0;
    await copyRows({
      tables: tablesToCopy(original, job.collectionId),
      lastRowId: numbers.nextRowId - 1,
      copier: copy.copier(partitions),
      slice: (work) => lazily(() => transaction(work)),
      async turn() {
        await ownTurn();
        await relief();
      },
      done: (part) => {
        failpoint("mid-restore");
        this.#check();
        const progress = Math.floor(part * 99);
        if (progress === told) return;
        told = progress;
        lazily(() => transaction(() => this.#jobs.change(job.id, { progress })));
      },
    });
    transaction(() => {
      refuseTaken(catalog, target);
      catalog.adoptCollection(begun);
      catalog.sequences.goBeyond(job.collectionId, copy.largestAutoId());
      this.#jobs.change(job.id, { state: "Completed", progress: 100, endedAt: now() });
    });
  }

  /** The collection under its new name and ids. */
  #given({ collectionId }: SnapshotJob, { collection, numbers }: OpenCopy, target: RestoreTarget): GivenCollection {
    const { catalog, now } = this.#scope;
    const { sequences } = catalog;
    const createdAt = now();
    return {
      ...collection,
      numbers,
      id: collectionId,
      databaseId: target.databaseId,
      name: target.name,
      createdAt,
      partitions: collection.partitions.map((each) => ({ ...each, id: sequences.nextId(), createdAt, loaded: false })),
      indexes: collection.indexes.map((each) => ({ ...each, id: sequences.nextId() })),
      aliases: [],
      leftovers: [],
      loadMode: "none",
      replicaNumber: 1,
    };
  }

  #check(): void {
    if (this.#closing) throw failure("NotReady", { reason: INTERRUPTED });
  }

  #fail(job: SnapshotJob, reason: string): void {
    const { entities, removal, now } = this.#scope;
    const change: JobChange = { state: "Failed", reason, endedAt: now() };
    try {
      removal(() => {
        entities.dropTables({ id: job.collectionId });
        this.#jobs.change(job.id, change);
      });
      this.#unwritten.delete(job.id);
    } catch {
      // What there is of the collection goes with the next restore, or at the next opening.
      this.#unwritten.set(job.id, reason);
    }
  }

  #leave(copy: OpenCopy | undefined): void {
    try {
      copy?.close();
    } catch {
      // A connection that is broken lets nothing go.
    }
  }
}

/** @throws CollectionExists, CollectionNameIsAlias when the name of a new collection has been taken */
export function refuseTaken(catalog: Catalog, { database, name }: Pick<RestoreTarget, "database" | "name">): void {
  const existing = catalog.find(database, name);
  if (existing === undefined) return;
  throw failure(existing.name === name ? "CollectionExists" : "CollectionNameIsAlias", { collection: name });
}

function reasonOf(error: unknown): string {
  const wrapped = wrapSqliteError(error);
  return isElanusError(wrapped) ? wrapped.message : String(error);
}
