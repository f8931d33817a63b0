import { failure } from "../../errors.js";
import { failpoint } from "../failpoints.js";
import type { Collection } from "../model/collection.js";
import { requireRoom } from "../model/room.js";
import { readExported, writeExported } from "./exported.js";
import { jobTable, type SnapshotJob } from "./job-table.js";
import { Restores, type RestoreTarget } from "./restores.js";
import type { SnapshotScope } from "./snapshot-scope.js";
import { type CollectionSnapshot, snapshotTable } from "./snapshot-table.js";

/** Copies of collections: made, found, restored and taken away. What is written into the database is all or nothing. */
export class Snapshots {
  readonly #scope: SnapshotScope;
  readonly #table;
  readonly #jobs;
  readonly #restores: Restores;
  /** Copies that are being made. */
  readonly #making = new Map<number, { readonly collectionId: number; readonly ended: Promise<unknown> }>();
  #closing = false;

  constructor(scope: SnapshotScope) {
    this.#scope = scope;
    this.#table = snapshotTable(scope.sql);
    this.#jobs = jobTable(scope.sql);
    this.#restores = new Restores(scope, this.#jobs);
  }

  /** Ends what a process that has died left half done. What cannot be ended now is tried at the next opening. */
  tidy(): void {
    try {
      this.#restores.tidy();
    } catch {
      // A full disk must not keep anybody from opening the database.
    }
    this.#removeLeftovers();
  }

  /** In order of creation. */
  of(collectionId: number): readonly CollectionSnapshot[] {
    return this.#table.of(collectionId);
  }

  /** Every copy that can be had. */
  all(): readonly CollectionSnapshot[] {
    return this.#table.all().filter(({ state }) => state === "ready");
  }

  /** @throws SnapshotNotFound */
  ofName(collectionId: number, name: string): CollectionSnapshot {
    const found = this.#table.find(collectionId, name);
    if (found?.state === "ready") return found;
    throw failure("SnapshotNotFound", { collection: collectionId, snapshot: name });
  }

  /** Where a copy lies; empty in memory. */
  location(snapshot: CollectionSnapshot): string {
    return this.#scope.home.location(snapshot);
  }

  /** What is wrong with a copy. */
  problem(snapshot: CollectionSnapshot): Promise<string | undefined> {
    return this.#scope.home.problem(snapshot);
  }

  /** Files of copies that the database does not know: a process has died, or the database is an older one. */
  strays(): readonly string[] {
    return this.#scope.home.strays(this.#table.all());
  }

  /**
   * Copies a collection as it is at this moment; resolves when the copy is safe.
   * @throws SnapshotExists, DiskFull, SnapshotNotFound when collection or snapshot were dropped meanwhile
   */
  async create(collection: Collection, name: string, description: string): Promise<void> {
    const { catalog, home, now, transaction } = this.#scope;
    this.#removeLeftovers();
    if (this.#table.find(collection.id, name) !== undefined) {
      throw failure("SnapshotExists", { collection: collection.id, snapshot: name });
    }
    const snapshot = transaction((): CollectionSnapshot => {
      const id = catalog.sequences.nextId();
      const made: CollectionSnapshot = {
        id,
        collectionId: collection.id,
        name,
        description,
        state: "making",
        partitionNames: collection.partitions.map((partition) => partition.name),
        createdAt: now(),
        file: home.newFile(id),
        checksum: "",
        rows: 0,
        sizeBytes: 0,
      };
      this.#table.add(made);
      return made;
    });
    const making = this.#make(snapshot, collection);
    this.#making.set(snapshot.id, { collectionId: collection.id, ended: making.catch(() => {}) });
    try {
      await making;
    } catch (error) {
      this.#making.delete(snapshot.id);
      this.#removeLeftovers();
      throw error;
    }
    this.#making.delete(snapshot.id);
  }

  /** Resolves when no copy of the collection is being made that has begun before. */
  async settled(collectionId: number): Promise<void> {
    for (const making of this.#making.values()) if (making.collectionId === collectionId) await making.ended;
  }

  /** Drops a snapshot; one that does not exist is dropped already. @throws SnapshotPinned */
  drop(collectionId: number, name: string): void {
    const snapshot = this.#table.find(collectionId, name);
    if (snapshot === undefined) return;
    const pins = this.#table.pins(snapshot.id, this.#scope.now());
    if (pins > 0) throw failure("SnapshotPinned", { pins, snapshot: name });
    this.#scope.removal(() => this.#table.going(snapshot.id));
    failpoint("before-copy-removal");
    this.#removeFiles([snapshot]);
  }

  /**
   * A collection goes, and its snapshots with it. Call inside the transaction.
   * @returns takes their files away; call it after the commit
   */
  collectionDropped(collectionId: number): () => void {
    const gone = this.#table.all().filter((snapshot) => snapshot.collectionId === collectionId);
    for (const { id } of gone) this.#table.going(id);
    return () => this.#removeFiles(gone);
  }

  /** @param seconds 0: until it is taken back. @returns the id of the pin. @throws InvalidParameter for more than are kept */
  pin(snapshot: CollectionSnapshot, seconds: number): number {
    const { catalog, now, transaction } = this.#scope;
    requireRoom(`pins of snapshot ${snapshot.name}`, this.#table.pins(snapshot.id, now()));
    return transaction(() => {
      const id = catalog.sequences.nextId();
      this.#table.pin(id, snapshot.id, seconds === 0 ? undefined : now() + seconds * 1000);
      return id;
    });
  }

  /** One that does not exist is taken back already. */
  unpin(pinId: number): void {
    this.#scope.transaction(() => this.#table.unpin(pinId));
  }

  /** Begins to make a new collection out of a copy. @returns the id of the job. @throws CollectionExists */
  restore(snapshot: CollectionSnapshot, target: RestoreTarget): number {
    const open = async () => {
      if (this.#table.byId(snapshot.id)?.state !== "ready") {
        throw failure("SnapshotNotFound", { collection: snapshot.collectionId, snapshot: snapshot.name });
      }
      return this.#scope.home.open(snapshot);
    };
    return this.#restores.start({ snapshot: snapshot.name, open }, target);
  }

  /** The same with what `export` has written. @throws IoFailed */
  restoreExported(metadataFile: string, target: RestoreTarget): number {
    const exported = readExported(metadataFile);
    const open = () => this.#scope.home.openFile(exported.path, exported);
    return this.#restores.start({ snapshot: exported.snapshot, open }, target);
  }

  /** Writes a copy into a folder. @returns the file that tells what lies there, and the job. @throws ExportExists, DiskFull */
  async export(
    snapshot: CollectionSnapshot,
    { database, name: collection }: Collection,
    folder: string,
  ): Promise<{ readonly metadataFile: string; readonly jobId: number }> {
    const { catalog, home, now, transaction } = this.#scope;
    const startedAt = now();
    const { metadataFile, sizeBytes } = await writeExported(home, snapshot, { database, collection }, folder);
    const jobId = transaction(() => {
      const id = catalog.sequences.nextId();
      this.#jobs.add({
        id,
        kind: "export",
        snapshot: snapshot.name,
        database,
        collection,
        collectionId: snapshot.collectionId,
        state: "Completed",
        progress: 100,
        reason: "",
        startedAt,
        endedAt: now(),
        target: metadataFile,
        sizeBytes,
      });
      return id;
    });
    return { metadataFile, jobId };
  }

  jobs(): readonly SnapshotJob[] {
    return this.#jobs.all().map((job) => this.#restores.current(job));
  }

  job(id: number): SnapshotJob | undefined {
    const job = this.#jobs.byId(id);
    return job === undefined ? undefined : this.#restores.current(job);
  }

  /** Ids of collections that are being restored: their tables are there, and no collection. */
  unfinished(): readonly number[] {
    return this.#jobs.unfinished().map(({ collectionId }) => collectionId);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#restores.close();
  }

  /** The copies that can be had, as the bytes of files: for a copy of the whole database. */
  bytes(): ReadonlyMap<number, Uint8Array> {
    return new Map(this.all().map((snapshot) => [snapshot.id, this.#scope.home.bytes(snapshot)]));
  }

  /** Frees what is in memory; nothing is under way any more. */
  free(): void {
    this.#scope.home.close();
  }

  /** Takes away what an earlier call or process could not. Never fails. */
  #removeLeftovers(): void {
    try {
      const left = this.#table.all().filter(({ id, state }) => state !== "ready" && !this.#making.has(id));
      this.#removeFiles(left);
    } catch {
      // Tried again by the next call.
    }
  }

  async #make(snapshot: CollectionSnapshot, collection: Collection): Promise<void> {
    const { catalog, home, transaction } = this.#scope;
    const check = (): void => {
      if (this.#closing) throw failure("NotReady", { reason: "the database is closed" });
      if (this.#table.byId(snapshot.id)?.state === "making") return;
      throw failure("SnapshotNotFound", { collection: collection.id, snapshot: snapshot.name });
    };
    const facts = await home.make(snapshot, { collection, numbers: catalog.numbers(collection.id) }, check);
    failpoint("before-copy-record");
    transaction(() => {
      check();
      this.#table.ready(snapshot.id, facts);
    });
  }

  #removeFiles(snapshots: readonly CollectionSnapshot[]): void {
    const removed = snapshots.filter((snapshot) => this.#scope.home.remove(snapshot));
    if (removed.length === 0) return;
    try {
      this.#scope.removal(() => {
        for (const { id } of removed) this.#table.remove(id);
      });
    } catch {
      // They count as gone, and are forgotten at the next opening.
    }
  }
}
