import type { MessageName } from "../../api/grpc/messages/table.js";

/** The remote procedures that a move calls: request and reply. */
export const procedures = {
  Connect: ["ConnectRequest", "ConnectResponse"],
  GetVersion: ["GetVersionRequest", "GetVersionResponse"],
  ListDatabases: ["ListDatabasesRequest", "ListDatabasesResponse"],
  CreateDatabase: ["CreateDatabaseRequest", "Status"],
  ShowCollections: ["ShowCollectionsRequest", "ShowCollectionsResponse"],
  DescribeCollection: ["DescribeCollectionRequest", "DescribeCollectionResponse"],
  CreateCollection: ["CreateCollectionRequest", "Status"],
  AlterCollection: ["AlterCollectionRequest", "Status"],
  ShowPartitions: ["ShowPartitionsRequest", "ShowPartitionsResponse"],
  CreatePartition: ["CreatePartitionRequest", "Status"],
  GetPartitionStatistics: ["GetPartitionStatisticsRequest", "GetPartitionStatisticsResponse"],
  DescribeIndex: ["DescribeIndexRequest", "DescribeIndexResponse"],
  CreateIndex: ["CreateIndexRequest", "Status"],
  DropIndex: ["DropIndexRequest", "Status"],
  CreateAlias: ["CreateAliasRequest", "Status"],
  ListAliases: ["ListAliasesRequest", "ListAliasesResponse"],
  LoadCollection: ["LoadCollectionRequest", "Status"],
  LoadPartitions: ["LoadPartitionsRequest", "Status"],
  ReleaseCollection: ["ReleaseCollectionRequest", "Status"],
  GetLoadState: ["GetLoadStateRequest", "GetLoadStateResponse"],
  GetLoadingProgress: ["GetLoadingProgressRequest", "GetLoadingProgressResponse"],
  Insert: ["InsertRequest", "MutationResult"],
  Upsert: ["UpsertRequest", "MutationResult"],
  Delete: ["DeleteRequest", "MutationResult"],
  Query: ["QueryRequest", "QueryResults"],
  Search: ["SearchRequest", "SearchResults"],
} as const satisfies Readonly<Record<string, readonly [MessageName, MessageName]>>;

export type ProcedureName = keyof typeof procedures;
export type RequestOf<Name extends ProcedureName> = (typeof procedures)[Name][0];
export type ReplyOf<Name extends ProcedureName> = (typeof procedures)[Name][1];
