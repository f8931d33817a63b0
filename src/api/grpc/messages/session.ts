import type { MessageSpecs } from "../wire/field-table.js";

/** Who is there: connection, version, health, clock. */
export const sessionMessages = {
  ConnectRequest: {
    client_info: [2, "ClientInfo"],
  },
  ConnectResponse: {
    status: [1, "Status"],
    server_info: [2, "ServerInfo"],
    identifier: [3, "int64"],
  },
  ClientInfo: {
    sdk_type: [1, "string"],
    sdk_version: [2, "string"],
    user: [4, "string"],
    host: [5, "string"],
  },
  ServerInfo: {
    build_tags: [1, "string"],
    build_time: [2, "string"],
    git_commit: [3, "string"],
    go_version: [4, "string"],
    deploy_mode: [5, "string"],
  },
  GetVersionRequest: {},
  GetVersionResponse: {
    status: [1, "Status"],
    version: [2, "string"],
  },
  CheckHealthRequest: {},
  CheckHealthResponse: {
    status: [1, "Status"],
    isHealthy: [2, "bool"],
    reasons: [3, "string*"],
    quota_states: [4, "enum*"],
  },
  AllocTimestampRequest: {},
  AllocTimestampResponse: {
    status: [1, "Status"],
    timestamp: [2, "uint64"],
  },
  DummyRequest: {},
  DummyResponse: {
    response: [1, "string"],
  },
  ClientHeartbeatRequest: {},
  ClientHeartbeatResponse: {
    status: [1, "Status"],
    server_timestamp: [2, "int64"],
  },
  /** Of `grpc.health.v1`, which probes ask. */
  HealthCheckRequest: {
    service: [1, "string"],
  },
  HealthCheckResponse: {
    status: [1, "enum"],
  },
} as const satisfies MessageSpecs;
