import type { MessageSpecs } from "../wire/field-table.js";

const statusOnly = { status: [1, "Status"] } as const;

/** Replies of what the engine does not do, or has none of: their status is all that is ever sent. */
export const refusedMessages = {
  ListRefreshExternalCollectionJobsRequest: {},
  RegisterLinkResponse: { status: [2, "Status"] },
  CalcDistanceResults: statusOnly,
  ComputePhraseMatchSlopResponse: statusOnly,
  CreateNamespaceResponse: statusOnly,
  DeleteClientCommandResponse: statusOnly,
  DescribeNamespaceResponse: statusOnly,
  DescribePrewarmTaskResponse: statusOnly,
  DescribeSegmentIndexDataResponse: statusOnly,
  DropNamespaceResponse: statusOnly,
  GetClientTelemetryResponse: statusOnly,
  GetNamespaceStatsResponse: statusOnly,
  GetRefreshExternalCollectionProgressResponse: statusOnly,
  GetReplicateConfigurationResponse: statusOnly,
  GetUserTagsResponse: statusOnly,
  HasNamespaceResponse: statusOnly,
  ListIndexedSegmentResponse: statusOnly,
  ListNamespacesResponse: statusOnly,
  ListRefreshExternalCollectionJobsResponse: statusOnly,
  ListRowPoliciesResponse: statusOnly,
  ListUsersWithTagResponse: statusOnly,
  PrewarmResponse: statusOnly,
  PushClientCommandResponse: statusOnly,
  RefreshExternalCollectionResponse: statusOnly,
  ReplicateMessageResponse: statusOnly,
} as const satisfies MessageSpecs;
