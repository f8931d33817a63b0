import type { Operation } from "../operation.js";

/** What the nodes of a cluster measure for its quotas: there are neither. */
const NOTHING_MEASURED = JSON.stringify({
  QueryNodeMetrics: {},
  DataNodeMetrics: {},
  ProxyMetrics: {},
  DataCoordMetrics: null,
});

/** What is measured for quotas, as a JSON text. */
export const describeQuotas: Operation<"quotacenter/describe"> = {
  path: "quotacenter/describe",
  run: () => ({ data: NOTHING_MEASURED }),
};
