import type { EngineStats } from "../../engine/index.js";

type Sample = readonly [labels: string, value: number];

/** A few figures of the store in the text form of Prometheus. @param stats undefined while the store is closed */
export function gauges(stats: EngineStats | undefined, requests: number): string {
  const lines = metric("elanus_requests_total", "counter", "Requests over HTTP that were answered.", [["", requests]]);
  if (stats !== undefined) {
    const { collections, rows, graphRows, pendingRows, fileBytes, memory, segments } = stats;
    const loaded = new Set(segments.map(({ database, collection }) => JSON.stringify([database, collection]))).size;
    lines.push(
      ...gauge("elanus_collections", "Collections of all databases.", collections),
      ...gauge("elanus_loaded_collections", "Collections that are in memory.", loaded),
      ...gauge("elanus_loaded_rows", "Rows of the segments in memory.", rows),
      ...gauge("elanus_graph_rows", "Rows that a graph finds.", graphRows),
      ...gauge("elanus_pending_rows", "Rows that wait for a graph being built.", pendingRows),
      ...gauge("elanus_file_bytes", "Size of the database file.", fileBytes),
      ...metric("elanus_memory_bytes", "gauge", "Memory by what it holds.", [
        ['{kind="segments"}', memory.segmentsBytes],
        ['{kind="keys"}', memory.keysBytes],
        ['{kind="columns"}', memory.columnsBytes],
        ['{kind="filters"}', memory.filtersBytes],
        ['{kind="page_cache"}', memory.pageCacheBytes],
      ]),
    );
  }
  return `${lines.join("\n")}\n`;
}

function gauge(name: string, help: string, value: number): string[] {
  return metric(name, "gauge", help, [["", value]]);
}

function metric(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}
