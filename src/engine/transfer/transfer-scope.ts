import type { Catalog } from "../catalog/catalog.js";
import type { TransferProgress } from "../contract/transfers.js";
import type { Connection } from "../storage/driver.js";
import type { WriteElsewhere } from "../storage/write-elsewhere.js";
import type { WriteScope } from "../write/change.js";
import type { EmbeddedTexts } from "../write/embedded-texts.js";

/** What imports and exports use of the engine. */
export interface TransferScope extends WriteScope {
  readonly sql: Connection;
  readonly catalog: Catalog;
  /** Undefined for a database in memory. */
  readonly databasePath: string | undefined;
  /** Undefined for a database in memory, and for one that is not written. */
  readonly writeElsewhere: WriteElsewhere | undefined;
  /** Runs transactions that need not outlive a power cut unless a later one does. */
  readonly lazily: <T>(work: () => T) => T;
}

/** What goes on beside a transfer. */
export interface TransferSteps {
  /** Called again and again. @throws to end it */
  readonly check: () => void;
  readonly progressed: (progress: TransferProgress) => void;
  /** Of who asks; `check` looks at it, too. */
  readonly signal?: AbortSignal | undefined;
}

/** Does work that may need vectors of texts. */
export type Embedding = <T>(work: (embedded: EmbeddedTexts) => T) => T | Promise<T>;
