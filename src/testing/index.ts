export { ElanusError, type ErrorKind, isElanusError } from "../errors.js";
export type { Namespaces } from "../namespaces.js";
export { type Milvus, startMilvus } from "./milvus.js";
export type { RecordedCall } from "./observed.js";
export type { Beginning, TestingOptions } from "./options.js";
export type { CallName, CallRule, DelayOptions, FailOptions } from "./rules.js";
export type { CallOutcome, ShadowDifference } from "./shadow.js";
export type { MilvusSnapshot } from "./snapshots.js";
