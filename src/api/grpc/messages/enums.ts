/** The numbers of the enums that are read or written. */

export const ErrorCode = {
  Success: 0,
  UnexpectedError: 1,
  CollectionNotExists: 4,
  IllegalArgument: 5,
  MetaFailed: 15,
  IndexNotExist: 25,
  CreateCredentialFailure: 29,
  UpdateCredentialFailure: 30,
  DeleteCredentialFailure: 31,
  ListCredUsersFailure: 33,
  CreateRoleFailure: 35,
  DropRoleFailure: 36,
  OperateUserRoleFailure: 37,
  SelectRoleFailure: 38,
  SelectUserFailure: 39,
  OperatePrivilegeFailure: 41,
  SelectGrantFailure: 42,
  NoReplicaAvailable: 46,
  SegmentNotFound: 47,
  ForceDeny: 48,
  RateLimit: 49,
  NodeIDNotMatch: 50,
  InsufficientMemoryToLoad: 52,
  DiskQuotaExhausted: 54,
  TimeTickLongDelay: 55,
  NotReadyServe: 56,
  CreatePrivilegeGroupFailure: 58,
  DropPrivilegeGroupFailure: 59,
  ListPrivilegeGroupsFailure: 60,
  OperatePrivilegeGroupFailure: 61,
  SchemaMismatch: 62,
} as const;

export const DataType = {
  None: 0,
  Bool: 1,
  Int8: 2,
  Int16: 3,
  Int32: 4,
  Int64: 5,
  Float: 10,
  Double: 11,
  String: 20,
  VarChar: 21,
  Array: 22,
  JSON: 23,
  Geometry: 24,
  Text: 25,
  Timestamptz: 26,
  BinaryVector: 100,
  FloatVector: 101,
  Float16Vector: 102,
  BFloat16Vector: 103,
  SparseFloatVector: 104,
  Int8Vector: 105,
  ArrayOfVector: 106,
  ArrayOfStruct: 200,
  Struct: 201,
} as const;

export const PlaceholderType = {
  Int64: 5,
  VarChar: 21,
  BinaryVector: 100,
  FloatVector: 101,
  Float16Vector: 102,
  BFloat16Vector: 103,
  SparseFloatVector: 104,
  Int8Vector: 105,
  EmbListBinaryVector: 300,
  EmbListFloatVector: 301,
  EmbListFloat16Vector: 302,
  EmbListBFloat16Vector: 303,
  EmbListSparseFloatVector: 304,
  EmbListInt8Vector: 305,
} as const;

export const ConsistencyLevel = { Strong: 0, Session: 1, Bounded: 2, Eventually: 3, Customized: 4 } as const;
/** How a filter is written: as an expression, or in the language of Milvus 1. */
export const DslType = { Dsl: 0, BoolExprV1: 1 } as const;
export const ShowType = { All: 0, InMemory: 1 } as const;
export const LoadState = {
  LoadStateNotExist: 0,
  LoadStateNotLoad: 1,
  LoadStateLoading: 2,
  LoadStateLoaded: 3,
} as const;
export const IndexState = { IndexStateNone: 0, Unissued: 1, InProgress: 2, Finished: 3, Failed: 4, Retry: 5 } as const;
export const StateCode = { Healthy: 1 } as const;
export const CompactionState = { Executing: 1, Completed: 2 } as const;
export const FunctionType = { BM25: 1, TextEmbedding: 2, Rerank: 3, MinHash: 4 } as const;
export const OpType = { REPLACE: 0, ARRAY_APPEND: 1, ARRAY_REMOVE: 2 } as const;
export const OperateUserRoleType = { AddUserToRole: 0, RemoveUserFromRole: 1 } as const;
export const OperatePrivilegeType = { Grant: 0, Revoke: 1 } as const;
export const OperatePrivilegeGroupType = { AddPrivilegesToGroup: 0, RemovePrivilegesFromGroup: 1 } as const;

export const RestoreSnapshotState = {
  RestoreSnapshotNone: 0,
  RestoreSnapshotPending: 1,
  RestoreSnapshotExecuting: 2,
  RestoreSnapshotCompleted: 3,
  RestoreSnapshotFailed: 4,
} as const;
