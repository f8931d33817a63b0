import type { IndexState } from "./indexes.js";
import type { KeyValue } from "./request.js";

/** What is known of a thing beside its name. REST v2 does not show it; older protocols and gRPC do. */
export interface ItemFacts {
  /** Unique in the database file, never reused. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface CollectionFacts extends ItemFacts {
  readonly databaseId: number;
  readonly shardsNum: number;
  /** Tells this state of the schema from every other; changes with fields and properties. */
  readonly schemaTimestamp: bigint;
  /** 0 to 100 while it is loaded or being loaded; undefined when it is not. */
  readonly loadProgress: number | undefined;
}

export interface PartitionFacts extends ItemFacts {
  /** 0 to 100 while it is loaded or its collection is being loaded; undefined when it is not. */
  readonly loadProgress: number | undefined;
}

export interface IndexFacts extends IndexState {
  readonly id: number;
  /** Build parameters as they were given. */
  readonly params: readonly KeyValue[];
}

export interface RemarkFacts {
  /** What has been said of a user or a role. */
  readonly description: string;
}

/** Facts by operation: of the items that its result names, in the same order; of one that is described, of it. */
interface FactsByPath {
  readonly "databases/list": ItemFacts;
  readonly "databases/describe": ItemFacts;
  readonly "collections/list": CollectionFacts;
  readonly "collections/describe": CollectionFacts;
  readonly "partitions/list": PartitionFacts;
  readonly "indexes/list": IndexFacts;
  readonly "users/describe": RemarkFacts;
  readonly "roles/describe": RemarkFacts;
}

export type FactsOf<Path> = Path extends keyof FactsByPath ? FactsByPath[Path] : never;
