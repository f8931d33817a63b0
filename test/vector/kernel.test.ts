import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createMemory, instantiateKernel } from "../../src/engine/vector/kernel/kernel.js";
import { nextDown } from "../../src/engine/vector/scores.js";
import { ChecksumBuffer } from "../../src/engine/vector/snapshot/checksum.js";
import { random } from "./oracle.js";

describe("kernel", () => {
  it("is the one that its source compiles to", () => {
    const script = fileURLToPath(new URL("../../scripts/build-kernels.mjs", import.meta.url));
    expect(execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" })).toBe("");
  });

  it("hands out blocks that are zero, aligned and apart, and says when the memory is full", () => {
    const memory = createMemory();
    const kernel = instantiateKernel(memory);
    kernel.create();
    let end = 0;
    for (const size of [1, 64, 100, 70000, 1000000]) {
      const at = kernel.alloc(size) >>> 0;
      expect(at % 64).toBe(0);
      expect(at).toBeGreaterThanOrEqual(end);
      const bytes = new Uint8Array(memory.buffer, at, size);
      expect(bytes.every((b) => b === 0)).toBe(true);
      bytes.fill(255);
      end = at + size;
    }
    expect(kernel.alloc(0xfff00000)).toBe(0);
    expect(kernel.alloc(64) >>> 0).toBeGreaterThanOrEqual(end);
  });

  it("has a checksum that sees every flipped bit and every exchange, and does not depend on the pieces", () => {
    const next = random(5);
    const data = Uint8Array.from({ length: 4096 }, () => Math.floor(next() * 256));
    const sum = (bytes: Uint8Array, piece: number) => {
      const buffer = new ChecksumBuffer(4096);
      for (let i = 0; i < bytes.length; i += piece) {
        buffer.bytes.set(bytes.subarray(i, i + piece));
        buffer.add(Math.min(piece, bytes.length - i));
      }
      return buffer.end();
    };
    const right = sum(data, 4096);
    for (const piece of [512, 1024, 1536, 2048]) expect(sum(data, piece)).toBe(right);
    const seen = new Set([right]);
    for (let bit = 0; bit < 4096 * 8; bit += 61) {
      const changed = data.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      seen.add(sum(changed, 4096));
    }
    expect(seen.size).toBe(1 + Math.ceil((4096 * 8) / 61));
    for (let i = 0; i < 4096 - 64; i += 64) {
      const exchanged = data.slice();
      exchanged.set(data.subarray(i + 64, i + 128), i);
      exchanged.set(data.subarray(i, i + 64), i + 64);
      expect(sum(exchanged, 4096)).not.toBe(right);
    }
    expect(sum(data.subarray(0, 3584), 512)).not.toBe(right);
    expect(sum(new Uint8Array(512), 512)).not.toBe(sum(new Uint8Array(1024), 512));
  });

  it("steps to the next lower float", () => {
    for (const x of [1, -1, 1e-40, -1e-40, 3e38, 0.1].map(Math.fround)) {
      const below = nextDown(x);
      expect(below).toBeLessThan(x);
      expect(Math.fround((below + x) / 2) === below || Math.fround((below + x) / 2) === x).toBe(true);
    }
    expect(nextDown(0)).toBeLessThan(0);
    expect(nextDown(Number.POSITIVE_INFINITY)).toBe(Math.fround(3.4028234663852886e38));
  });
});
