import type { MessageSpecs } from "../wire/field-table.js";

/** Flush and compaction. */
export const maintenanceMessages = {
  FlushRequest: {
    db_name: [2, "string"],
    collection_names: [3, "string*"],
  },
  FlushResponse: {
    status: [1, "Status"],
    db_name: [2, "string"],
    coll_segIDs: [3, "LongArray{}"],
    flush_coll_segIDs: [4, "LongArray{}"],
    coll_seal_times: [5, "int64{}"],
    coll_flush_ts: [6, "uint64{}"],
  },
  GetFlushStateRequest: {
    segmentIDs: [1, "int64*"],
    db_name: [3, "string"],
    collection_name: [4, "string"],
  },
  GetFlushStateResponse: {
    status: [1, "Status"],
    flushed: [2, "bool"],
  },
  FlushAllRequest: {
    db_name: [2, "string"],
  },
  FlushAllTarget: {
    db_name: [1, "string"],
    collection_names: [2, "string*"],
  },
  FlushAllResponse: {
    status: [1, "Status"],
    flush_all_ts: [2, "uint64"],
  },
  GetFlushAllStateRequest: {
    db_name: [3, "string"],
  },
  GetFlushAllStateResponse: {
    status: [1, "Status"],
    flushed: [2, "bool"],
  },
  ManualCompactionRequest: {
    collectionID: [1, "int64"],
    majorCompaction: [3, "bool"],
    collection_name: [4, "string"],
    db_name: [5, "string"],
  },
  ManualCompactionResponse: {
    status: [1, "Status"],
    compactionID: [2, "int64"],
    compactionPlanCount: [3, "int32"],
  },
  GetCompactionStateRequest: {
    compactionID: [1, "int64"],
  },
  GetCompactionStateResponse: {
    status: [1, "Status"],
    state: [2, "enum"],
    executingPlanNo: [3, "int64"],
    timeoutPlanNo: [4, "int64"],
    completedPlanNo: [5, "int64"],
    failedPlanNo: [6, "int64"],
  },
  GetCompactionPlansRequest: {
    compactionID: [1, "int64"],
  },
  GetCompactionPlansResponse: {
    status: [1, "Status"],
    state: [2, "enum"],
    mergeInfos: [3, "CompactionMergeInfo*"],
  },
  CompactionMergeInfo: {
    sources: [1, "int64*"],
    target: [2, "int64"],
  },
} as const satisfies MessageSpecs;
