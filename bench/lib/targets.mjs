import { qpsAtRecall, round } from "./measure.mjs";
import { stalls } from "./stalls.mjs";

const n = (x) => Math.round(x).toLocaleString("en");
const x = (ratio) => `${ratio.toFixed(2)}x`;

/**
 * The project's targets with what was measured: [{ measure, target, measured, met }]. `met` is true, false, `partly`,
 * or undefined where a result is missing.
 */
export function targets({ bench, peers }) {
  const rows = [];
  const add = (measure, target, work) => {
    let answer;
    try {
      answer = work();
    } catch {
      answer = undefined;
    }
    rows.push({ measure, target, measured: answer?.[0] ?? "not measured", met: answer?.[1] });
  };
  const e128 = peers?.sets.clus100k?.engines;
  const e768 = peers?.sets.clus50k?.engines;
  const at = (engine, recall = 0.98) => qpsAtRecall(engine.curve, recall).qps;
  const point = (engine, ef) => engine.curve.find((p) => p.knob === ef);

  add(
    "search at recall 0.98, 100,000 x 128",
    ">= 0.85x vectorlite, >= 0.65x hnswlib C++ native (aim 1.0x, 0.75x)",
    () => {
      const own = at(e128.elanus);
      const vectorlite = own / at(e128.vectorlite);
      const native = own / at(e128["hnswlib C++"]);
      return [`${n(own)} QPS: ${x(vectorlite)} vectorlite, ${x(native)} C++`, vectorlite >= 0.85 && native >= 0.65];
    },
  );
  add("search at recall 0.98, 50,000 x 768, cosine", ">= 0.8x vectorlite, above usearch and zvec (aim 0.9x)", () => {
    const own = at(e768.elanus);
    const [v, u, z] = ["vectorlite", "usearch", "zvec"].map((name) => own / at(e768[name]));
    return [`${n(own)} QPS: ${x(v)} vectorlite, ${x(u)} usearch, ${x(z)} zvec`, v >= 0.8 && u > 1 && z > 1];
  });
  add("p99 / p50 of it", "< 2.5", () => {
    const own = [e128.elanus, e768.elanus].map((e) => point(e, 20)).map((p) => p.p99 / p.p50);
    const best = ["vectorlite", "usearch", "zvec"].map((name) => point(e128[name], 20)).map((p) => p.p99 / p.p50);
    const peersText = best.map((r) => r.toFixed(1)).join(", ");
    const text = `${own[0].toFixed(1)} (768-d: ${own[1].toFixed(1)}; vectorlite, usearch, zvec at 128-d: ${peersText})`;
    return [text, own.every((r) => r < 2.5)];
  });
  const filter = (percent, kind) => {
    const of = (engines, name) => engines[name].filtered.find((f) => f.percent === percent)[kind];
    const own = of(e128, "elanus");
    const ratio = own.qps / of(e128, "zvec").qps;
    const wide = e768 === undefined ? undefined : of(e768, "elanus").qps / of(e768, "zvec").qps;
    return { ...own, ratio, wide };
  };
  for (const [percent, fresh, seen, least, text] of [
    [1, 2, 3, 0.9995, ">= 2x / >= 3x zvec, recall 1.0 (aim 2x / 4x)"],
    [10, 0.75, 1.25, 0.99, ">= 0.75x / >= 1.25x zvec, recall >= 0.99 (aim 0.9x / 1.4x)"],
    [50, 1.8, 2.5, 0.99, ">= 1.8x / >= 2.5x zvec, recall >= 0.99"],
  ]) {
    add(`filter, ${percent} % match: new each time / seen before`, text, () => {
      const a = filter(percent, "fresh");
      const b = filter(percent, "seen");
      const wide = a.wide === undefined ? "" : `; 768-d ${x(a.wide)} / ${x(b.wide)}`;
      const figures = `${n(a.qps)} / ${n(b.qps)} QPS: ${x(a.ratio)} / ${x(b.ratio)} zvec, recall ${a.recall} / ${b.recall}${wide}`;
      const good = [a.ratio >= fresh && a.recall >= least, b.ratio >= seen && b.recall >= least];
      return [figures, good.every(Boolean) ? true : good.some(Boolean) ? "partly" : false];
    });
  }
  add("filter that follows the vectors (MNIST labels)", "recall >= 0.99, >= 0.5x the QPS of a random filter", () => {
    const { own, other, random } = bench.labels;
    const [a, b] = [own.qps / random.qps, other.qps / random.qps];
    const text = `own class ${x(a)}, recall ${own.recall}; another class ${x(b)}, recall ${other.recall}`;
    const good = [a >= 0.5 && own.recall >= 0.99, b >= 0.5 && other.recall >= 0.99];
    return [text, good.every(Boolean) ? true : good.some(Boolean) ? "partly" : false];
  });
  add("exact (FLAT) search, 50,000 x 768", "<= 1.4x the memory-bound C++ scan", () => {
    const own = bench.flat.p50 / 1000;
    const ratio = own / bench.scanLimit.p50Ms;
    return [`${round(own, 2)} ms, C++ ${round(bench.scanLimit.p50Ms, 2)} ms: ${x(ratio)}`, ratio <= 1.4];
  });
  add("insert, durable and searchable, batches of 1000", ">= 100,000 rows/s", () => {
    const rate = bench.fill.insertRowsPerSecond;
    const sql = bench.sql.insertRowsPerSecond;
    return [`${n(rate)} rows/s (bare SQL ${n(sql)}: ${x(rate / sql)})`, rate >= 100_000];
  });
  add("graph build until fully indexed", ">= 0.85x raw hnswlib-node; two partitions >= 1.4x", () => {
    const raw = bench.rawBuild.rowsPerSecond;
    const one = bench.fill.indexedRowsPerSecond / raw;
    const two = bench.parts.indexedRowsPerSecond / raw;
    const good = [one >= 0.85, two >= 1.4];
    const text = `${n(bench.fill.indexedRowsPerSecond)} rows/s: ${x(one)}; two partitions ${n(bench.parts.indexedRowsPerSecond)}: ${x(two)}`;
    return [text, good.every(Boolean) ? true : good.some(Boolean) ? "partly" : false];
  });
  add("open a file with 100,000 x 128 loaded", "<= 250 ms to the first answer, never a rebuild", () => {
    const { openMs, graphRows, pendingRows } = bench.open;
    return [
      `${openMs} ms, ${n(graphRows)} rows from the snapshot`,
      openMs <= 250 && pendingRows === 0 && graphRows > 0,
    ];
  });
  add("delete 10,000 of 100,000 by filter", "<= 2.5x the bare SQL delete, gone from search", () => {
    const ratio = bench.delete.deleteMs / bench.sql.deleteMs;
    const text = `${bench.delete.deleteMs} ms, SQL ${bench.sql.deleteMs} ms: ${x(ratio)} (first in a process ${bench.delete.deletes[0].ms} ms, SQL ${bench.sql.deletes[0]} ms)`;
    return [text, ratio <= 2.5 && bench.delete.ghosts === 0];
  });
  add("resident memory of 100,000 x 128", "loaded <= 130 MB above before; released within 10 % of before", () => {
    const { before, loaded, released } = bench.memory;
    const left = released / before - 1;
    const text = `before ${before} MB, loaded +${round(loaded - before)} MB, released +${round(released - before)} MB (${round(left * 100)} %)`;
    const good = [loaded - before <= 130, left <= 0.1];
    return [text, good.every(Boolean) ? true : good.some(Boolean) ? "partly" : false];
  });
  add(
    "longest event-loop stall (insert, build, load, release, snapshot, compaction, delete)",
    "<= 50 ms, p99 <= 20 ms",
    () => {
      const own = stalls(bench).filter((s) => !s.name.includes("worker"));
      const late = own.filter((s) => s.max > 50);
      const worst = own.reduce((a, b) => (b.max > a.max ? b : a));
      const p99 = own.filter((s) => s.p99 > 20).map((s) => s.name);
      const text = `longest ${worst.max} ms (${worst.name}); over 50 ms: ${late.map((s) => s.name).join(", ") || "none"}; p99 over 20 ms: ${p99.join(", ") || "none"}`;
      return [text, late.length === 0 && p99.length === 0 ? true : late.length < own.length / 2 ? "partly" : false];
    },
  );
  add("search latency while a build runs", "p99 <= 3x idle", () => {
    const { idle, other, growing, compacting } = bench.busy;
    const ratios = [other, growing, compacting].map((s) => s.p99 / idle.p99);
    const text = `another collection is built ${x(ratios[0])}, rows come in ${x(ratios[1])}, compaction ${x(ratios[2])} (p50 ${[other, growing, compacting].map((s) => x(s.p50 / idle.p50)).join(", ")})`;
    return [text, ratios.every((r) => r <= 3) ? true : ratios.some((r) => r <= 3) ? "partly" : false];
  });
  add("HTTP on loopback, keep-alive, 8 clients", ">= 0.3x in process", () => {
    const { http, inProcess, bareHttp } = bench.http;
    const ratio = http.qps / inProcess.qps;
    const text = `${n(http.qps)} requests/s: ${x(ratio)} (bare node:http ${n(bareHttp.qps)})`;
    return [text, ratio >= 0.3 && http.failed === undefined];
  });
  add("worker: true", "a search costs <= 60 us more; a delete of 100,000 holds the caller <= 10 ms", () => {
    const more = bench.worker.callers[0].p50 - bench.callers.callers[0].p50;
    const stall = bench.worker.deleteAll.stallMax;
    return [`+${round(more)} us; ${stall} ms`, more <= 60 && stall <= 10];
  });
  return rows;
}
