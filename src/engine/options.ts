import type { ErrorForm } from "../errors.js";
import type { AuthOptions } from "./access/auth-options.js";
import type { ApplicationFunctions } from "./functions/application-functions.js";
import type { LoadRules } from "./load/load-state.js";
import type { ServerVersion } from "./model/server-version.js";
import type { Durability } from "./storage/database.js";
import type { DatabaseKey } from "./storage/database-key.js";
import type { VectorIndexName, VectorMemory } from "./vector/contract.js";

export interface EngineOptions {
  /**
   * What the file and all beside it are encrypted with: a text or bytes. Needs the package better-sqlite3-multiple-ciphers. A new file is
   * encrypted from its first page on; one that is there must be encrypted with this key.
   */
  readonly key?: DatabaseKey;
  /** Which load/release constraints hold: those of Milvus 2.3 and later (default), of 2.0-2.2, or of Milvus Lite. */
  readonly loadRules?: LoadRules;
  /** Which Milvus is announced to clients, and whose limits and texts hold: `3.0` (default), or `2.6`, with 64 fields in a collection. */
  readonly serverVersion?: ServerVersion;
  /**
   * How failures without a number of their own are told: `early` as 65535 (default with 2.6), `late` as 1100 with
   * `: invalid parameter` behind the text (default with 3.0).
   */
  readonly errorForm?: ErrorForm;
  /** Refuse every write (3000); other processes may have the file open. */
  readonly readonly?: boolean;
  /** Default `full`: an acknowledged write survives a power cut. */
  readonly durability?: Durability;
  /** Partitions with fewer rows never get a graph: exact search is as fast there. Default 5000. */
  readonly exactBelow?: number;
  /**
   * What holds vectors and searches them: the kernel of this package (default), or the addon hnswlib-node, which must be
   * installed. Exact (FLAT) indexes are always in the kernel.
   */
  readonly vectorIndex?: VectorIndexName;
  /**
   * What of dense vectors lies in the memory of loaded collections: `vectors` (default), or `codes`, eight-bit copies alone, a quarter of
   * float32 vectors. The copies find candidates, whose vectors are read from the file, so results stay exact where they were, and are as
   * good elsewhere. Partitions below `exactBelow` rows, lists, bits, 8-bit and sparse vectors, and vectors that have no fine copies (fewer
   * than 48 numbers), stay in memory whole; so do graphs of hnswlib.
   */
  readonly memory?: VectorMemory;
  /** Threads that build graphs, default 2. 0: none, graphs are built on the engine's own thread, in slices. */
  readonly buildWorkers?: number;
  /**
   * Threads that search beside the engine's own, from 1 to 64: searches that come at the same time and those of one call with several
   * query vectors are shared out. They are started when there is enough to do. Default: as many as there are other cores, at least 1.
   */
  readonly searchThreads?: number;
  /**
   * A folder in which requests may read and write files: snapshots that are exported and restored from outside. Default: none, such
   * requests are refused.
   */
  readonly filesRoot?: string;
  /**
   * A folder whose files requests may have imported (`jobs/import/create`). Default: none, such requests are refused. `db.import` takes any
   * path.
   */
  readonly importRoot?: string;
  /**
   * Models of the application: `embed` serves TextEmbedding functions, `rerank` the reranker `model`. Without them both are
   * refused.
   */
  readonly functions?: ApplicationFunctions;
  /** Demand credentials on `fetch` and `listen`, and let users do what their roles permit. In-process calls need none. */
  readonly auth?: AuthOptions;
}
