import { describe, expect, it } from "vitest";
import type { Metric } from "../../src/engine/model/types/field-type.js";
import { applyGeometry, geometryOf, needsPreparing } from "../../src/engine/vector/kernel/geometry.js";
import { instantiateKernel, type KernelExports } from "../../src/engine/vector/kernel/kernel.js";
import { KERNEL_BASE64 } from "../../src/engine/vector/kernel/kernel.wasm.js";
import { RELAXED_KERNEL_BASE64 } from "../../src/engine/vector/kernel/relaxed-kernel.wasm.js";
import { wasm } from "../../src/engine/vector/kernel/web-assembly.js";
import { Part } from "../../src/engine/vector/part.js";
import { random } from "./oracle.js";

const ROWS = 1500;
const K = 10;
const EF = 40;
const kernels = [KERNEL_BASE64, RELAXED_KERNEL_BASE64].map((text) => new wasm.Module(Buffer.from(text, "base64")));

/** The rows found, and how many of the true neighbours are among them. */
function search(kernel: KernelExports, part: Part, query: Uint8Array, exact: boolean): string {
  const at = kernel.queryAddress() >>> 0;
  part.write(at, query);
  if (needsPreparing(part.geometry)) kernel.prepare(at);
  const results = (kernel.resultAddress(EF) >>> 0) / 4;
  const found = exact
    ? kernel.scan(K, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0)
    : kernel.search(K, EF, 0, 0);
  part.reach(results * 4 + found * 8);
  return Array.from(
    { length: found },
    (_, i) => `${part.words[results + 2 * i]}:${part.words[results + 2 * i + 1]}`,
  ).join();
}

describe("distances of eight-bit copies", () => {
  const cases = (["L2", "IP", "COSINE"] as Metric[]).flatMap((metric) =>
    [64, 112, 4160].flatMap((dimension) => [1, 40].map((stretch) => [metric, dimension, stretch] as const)),
  );
  it.each(cases)("are the same with and without relaxed SIMD: %s, %i numbers, queries %i times as far out", (...of) => {
    const [metric, dimension, stretch] = of;
    const rows = dimension > 4000 ? 200 : ROWS;
    const vectors = { type: "FloatVector", dimension, metric, vectorBytes: dimension * 4 } as const;
    const part = new Part(geometryOf(vectors, 16, Number.POSITIVE_INFINITY));
    const next = random(dimension);
    const numbers = (n: number, scale: number) => Float32Array.from({ length: n }, () => (next() - 0.3) * scale);
    const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer);
    part.reserve(rows);
    part.stage(
      0,
      Float64Array.from({ length: rows }, (_, i) => i),
      bytesOf(numbers(rows * dimension, 1)),
      0,
    );
    part.publish(rows);
    expect(part.kernel.insert(rows, 60)).toBe(rows);
    expect(part.coded).toBe(true);
    const [plain, relaxed] = kernels.map((module) => {
      const kernel = instantiateKernel(part.memory, module);
      applyGeometry(kernel, part.geometry);
      return kernel;
    });
    let hits = 0;
    let all = 0;
    for (let i = 0; i < 40; i++) {
      const query = bytesOf(numbers(dimension, stretch));
      const found = search(plain!, part, query, false);
      expect(search(relaxed!, part, query, false)).toBe(found);
      const truth = search(plain!, part, query, true).split(",");
      hits += truth.filter((hit) => found.split(",").includes(hit)).length;
      all += truth.length;
    }
    // Those far out are cut off where there are many numbers.
    expect(hits / all).toBeGreaterThan(stretch === 1 ? 0.8 : 0.5);
  });
});
