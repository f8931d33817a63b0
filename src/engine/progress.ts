import { soonest } from "../values/clock.js";
import type { IndexProgress } from "./load/loader.js";
import type { Collection } from "./model/collection.js";

/** What goes on behind the calls. */
export type ProgressEvent =
  | {
      readonly kind: "load";
      readonly database: string;
      readonly collection: string;
      /** 0-100; the last one of a load is 100. */
      readonly progress: number;
    }
  | {
      /** A field that is added is being computed. */
      readonly kind: "fill";
      readonly database: string;
      readonly collection: string;
      readonly field: string;
      /** 0-100; the last one is 100. */
      readonly progress: number;
    }
  | {
      readonly kind: "build";
      readonly database: string;
      readonly collection: string;
      readonly field: string;
      readonly totalRows: number;
      readonly indexedRows: number;
      /** Rows that are searched exactly until the graph has them; 0 when it is done. */
      readonly pendingRows: number;
      /** Why the last build failed; empty when it did not. */
      readonly failReason: string;
      /** Where graphs are built; on the engine's own thread for hnswlib, and where no worker can be started. */
      readonly builtOn: "worker" | "main thread";
    };

export type ProgressListener = (event: ProgressEvent) => void;

/** Listeners of one engine. A listener that throws is the caller's trouble, not the build's. */
export class ProgressFeed {
  readonly #listeners = new Set<ProgressListener>();

  get silent(): boolean {
    return this.#listeners.size === 0;
  }

  /** @returns takes the listener away again */
  subscribe(listener: ProgressListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A load of a collection went on: 0-100. */
  loaded(collection: Collection | undefined, progress: number): void {
    if (this.silent || collection === undefined) return;
    this.emit({ kind: "load", database: collection.database, collection: collection.name, progress });
  }

  /** A new field of a collection is computed for more rows: 0-100. */
  filled({ database, name }: Collection, field: string, progress: number): void {
    if (!this.silent) this.emit({ kind: "fill", database, collection: name, field, progress });
  }

  /** A graph of a field was built, or failed to be. */
  built(
    collection: Collection | undefined,
    fieldId: number,
    builtOn: "worker" | "main thread",
    progress: () => IndexProgress,
  ): void {
    const field = collection?.schema.fields.find((f) => f.id === fieldId);
    if (this.silent || collection === undefined || field === undefined) return;
    const { total, indexed, pending, failReason } = progress();
    this.emit({
      kind: "build",
      database: collection.database,
      collection: collection.name,
      field: field.name,
      totalRows: total,
      indexedRows: indexed,
      pendingRows: pending,
      failReason,
      builtOn,
    });
  }

  emit(event: ProgressEvent): void {
    for (const listener of this.#listeners) soonest(() => listener(event));
  }
}
