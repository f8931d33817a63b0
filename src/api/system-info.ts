import { statfs } from "node:fs/promises";
import { availableParallelism, hostname, loadavg, totalmem } from "node:os";
import { failure } from "../errors.js";
import { nowText } from "../values/clock.js";

/** Roles of the nodes of a cluster; each of them is this process. */
export const ROLES = ["rootcoord", "querycoord", "datacoord", "proxy", "querynode", "datanode"] as const;
/** Who tells whom what to do; the proxy hands on what it is asked. */
const MANAGED: Readonly<Record<string, readonly string[]>> = { querycoord: ["querynode"], datacoord: ["datanode"] };
const started = nowText();

/** What `GetMetrics` answers, of what kind of metrics the request asks for. @throws MetricNotFound */
export async function metricsText(request: string, version: string): Promise<string> {
  const type = metricType(request);
  if (type !== "system_info") throw failure("MetricNotFound", { metric: type });
  return JSON.stringify(await systemInfo(version));
}

function metricType(text: string): string {
  try {
    const { metric_type: type } = JSON.parse(text) as { readonly metric_type?: unknown };
    return typeof type === "string" ? type : "";
  } catch {
    return "";
  }
}

/** A node of each role, as of a cluster, all of them this process. */
async function systemInfo(version: string): Promise<object> {
  const hardware = await hardwareInfo();
  const idOf = (role: (typeof ROLES)[number]) => ROLES.indexOf(role) + 1;
  const nodes = ROLES.map((type) => ({
    identifier: idOf(type),
    connected: ROLES.filter((other) => type === "proxy" || other === "rootcoord" || MANAGED[type]?.includes(other))
      .filter((other) => other !== type)
      .map((other) => ({
        connected_identifier: idOf(other),
        type: type === "proxy" || other === "rootcoord" ? "forward" : "manage",
        target_type: other,
      })),
    infos: {
      has_error: false,
      error_reason: "",
      name: `${type}${idOf(type)}`,
      hardware_infos: hardware,
      system_info: {
        system_version: "",
        deploy_mode: "STANDALONE",
        build_version: version,
        build_time: "",
        used_go_version: "",
      },
      created_time: started,
      updated_time: nowText(),
      type,
      id: idOf(type),
      system_configurations: {},
      quota_metrics: null,
    },
  }));
  return { nodes_info: nodes };
}

/** Memory is that of this process, disk that of where it runs. Bytes; usage of processors in percent. */
async function hardwareInfo(): Promise<object> {
  const { blocks, bfree, bsize } = await statfs(process.cwd()).catch(() => ({ blocks: 0, bfree: 0, bsize: 0 }));
  const cores = availableParallelism();
  return {
    ip: hostname(),
    cpu_core_count: cores,
    cpu_core_usage: Math.round(((loadavg()[0] ?? 0) / cores) * 10_000) / 100,
    memory: totalmem(),
    memory_usage: process.memoryUsage.rss(),
    disk: blocks * bsize,
    disk_usage: (blocks - bfree) * bsize,
    io_wait_percentage: 0,
  };
}
