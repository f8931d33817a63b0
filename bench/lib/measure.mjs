import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";

export const now = () => performance.now();
export const round = (x, digits = 1) => Number(x.toFixed(digits));
export const turn = () => new Promise((resolve) => setImmediate(resolve));
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The middle value; of an even number of them the upper middle. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** The value below which the share `p` of the values lies. */
export function quantile(values, p) {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
}

/** Resident memory of this process in MB (2^20 bytes). */
export function rss() {
  try {
    const text = readFileSync("/proc/self/status", "latin1");
    return round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024, 1);
  } catch {
    return round(process.memoryUsage.rss() / 2 ** 20, 1);
  }
}

/** Lets the garbage collector and the allocator give back what is free. */
export async function collect() {
  for (let i = 0; i < 8; i++) {
    globalThis.gc?.();
    await sleep(30);
  }
}

/**
 * How long the event loop was held while `work` ran: the delay of a timer that should fire every millisecond.
 * @returns ms of the work, and the longest and the 99th percentile of the delays in ms
 */
export async function watched(work) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await sleep(2);
  histogram.reset();
  // The first interval after a reset is not counted: let it pass.
  await sleep(4);
  const start = now();
  const result = await work();
  const ms = now() - start;
  // The timer that was late fires after this turn.
  await sleep(2);
  histogram.disable();
  const delay = (ns) => Math.max(0, round(ns / 1e6 - 1, 1));
  return { ms: round(ms, 1), stallMax: delay(histogram.max), stallP99: delay(histogram.percentile(99)), result };
}

/** Milliseconds of processor time that this thread has had. */
export function spent() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * The same in processor time of this thread between two turns of the event loop: what others do on the machine does not count,
 * nor does waiting for the disk.
 */
export async function held(work) {
  const turns = [];
  let last = spent();
  const timer = setInterval(() => {
    const at = spent();
    turns.push(at - last);
    last = at;
  }, 1);
  await sleep(4);
  turns.length = 0;
  last = spent();
  const start = now();
  const result = await work();
  const ms = now() - start;
  await sleep(4);
  clearInterval(timer);
  return { ms: round(ms, 1), max: round(quantile(turns, 1), 1), p99: round(quantile(turns, 0.99), 1), result };
}

/** The first measurement in a process warms up longer: the runtime compiles what it runs often. */
let warmed = false;
const FIRST_WARM_MS = 1200;
const WARM_MS = 300;

/**
 * Asks query after query, each when the one before is answered.
 *
 * @param ask (i, pass) -> the ids of the hits; may be a promise
 * @param truth (i) -> the ids that a perfect answer has, or undefined: recall is not computed
 * @param budgetMs about how long a pass may take: slow engines get fewer queries
 * @returns queries per second (median of the passes), latencies in microseconds over all passes, recall of pass 0
 */
export async function throughput(ask, { queries, truth, passes = 5, budgetMs = 1500 }) {
  const warmMs = warmed ? WARM_MS : FIRST_WARM_MS;
  warmed = true;
  // Warm-up, also of the compilers of the runtime; each round counts as a pass of its own, below zero.
  let cost = 0;
  const begin = now();
  for (let i = 0; i < 10 || now() - begin < warmMs; i++) {
    const start = now();
    await ask(i % queries, -1 - Math.floor(i / queries));
    cost = cost === 0 ? now() - start : cost * 0.9 + (now() - start) * 0.1;
  }
  const count = Math.max(Math.min(20, queries), Math.min(queries, Math.floor(budgetMs / cost)));
  const rates = [];
  const latencies = new Float64Array(count * passes);
  const found = new Array(count);
  for (let pass = 0; pass < passes; pass++) {
    const start = now();
    let last = start;
    for (let i = 0; i < count; i++) {
      const hits = await ask(i, pass);
      const at = now();
      latencies[pass * count + i] = at - last;
      last = at;
      if (pass === 0) found[i] = hits;
    }
    rates.push((count / (now() - start)) * 1000);
  }
  const us = (p) => round(quantile(latencies, p) * 1000, 1);
  const figures = { qps: Math.round(median(rates)), p50: us(0.5), p95: us(0.95), p99: us(0.99), queries: count };
  return truth === undefined ? figures : { ...figures, recall: recall(found, truth) };
}

/** The share of the true neighbours that were found. */
export function recall(found, truth) {
  let hits = 0;
  let all = 0;
  for (let i = 0; i < found.length; i++) {
    const wanted = new Set(truth(i));
    for (const id of found[i]) if (wanted.delete(Number(id))) hits++;
    all += truth(i).length;
  }
  return round(all === 0 ? 1 : hits / all, 4);
}

/** Queries per second where the curve of { recall, qps } passes `target`: between two points, by log QPS. */
export function qpsAtRecall(curve, target) {
  const points = curve.filter((p) => p.recall !== undefined).sort((a, b) => a.recall - b.recall || b.qps - a.qps);
  const above = points.findIndex((p) => p.recall >= target);
  if (above < 0) return undefined;
  const high = points[above];
  const low = points[above - 1];
  if (low === undefined) return { qps: high.qps, recall: high.recall };
  const share = (target - low.recall) / (high.recall - low.recall);
  return { qps: Math.round(Math.exp(Math.log(low.qps) * (1 - share) + Math.log(high.qps) * share)), recall: target };
}
