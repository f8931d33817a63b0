import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlatReader } from "../../src/worker/line/flat-reader.js";
import { FlatWriter } from "../../src/worker/line/flat-writer.js";
import { LineEnd, lineMemory } from "../../src/worker/line/line.js";
import { RingReader, RingWriter, ringMemory } from "../../src/worker/line/ring.js";

const CAPACITY = 4096;

const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom("\ud800", "", "é", "\0"),
);
// A key that is not written.
const key = fc.oneof(text, fc.constantFrom("id", "data", "constructor")).filter((name) => name !== "__proto__");
const view = fc.oneof(
  fc.float32Array({ maxLength: 20 }),
  fc.float64Array({ maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
  fc.int8Array({ maxLength: 20 }),
  fc.uint16Array({ maxLength: 20 }),
  fc.int32Array({ maxLength: 20 }),
  fc.bigInt64Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.subarray(1)),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);
// biome-ignore lint/suspicious/noSparseArray: programs have such
const hole = fc.constantFrom([, 1], [1, , 2]);
const odd = fc.oneof(
  fc.date(),
  fc.constantFrom(new Map(), () => 1, Symbol("x"), /x/, 2n ** 70n, new Proxy({}, {})),
);

function values(more: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(
        fc.constantFrom(undefined, null, true, false),
        number,
        text,
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        view,
        more,
      ),
      fc.array(number, { maxLength: 12 }),
      fc.array(tie("value"), { maxLength: 6 }),
      fc.dictionary(key, tie("value"), {
        maxKeys: 6,
        noNullPrototype: false,
      }),
    ),
  })).value;
}

/** What a clone by the runtime gives; undefined where there is none. */
function cloned(value: unknown): { readonly value: unknown } | undefined {
  try {
    return { value: structuredClone(value) };
  } catch {
    return undefined;
  }
}

describe("flat messages", () => {
  it("are what a clone would be, one after the other (generated)", () => {
    fc.assert(
      fc.property(
        fc.array(values(fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, odd, hole)), { maxLength: 12 }),
        (messages) => {
          const writer = new FlatWriter(CAPACITY);
          const memory = new SharedArrayBuffer(CAPACITY * 8);
          const reader = new FlatReader(memory);
          for (const message of messages) {
            const written = writer.write(message);
            if (written === undefined) continue;
            new Float64Array(memory).set(written);
            deepStrictEqual({ value: reader.read(0) }, cloned(message));
          }
        },
      ),
    );
  });

  it("are made of all that calls and answers are made of (generated)", () => {
    fc.assert(
      fc.property(values(fc.constant(1)), (message) => {
        expect(new FlatWriter(CAPACITY).write(message)).toBeDefined();
      }),
    );
  });

  it("share nothing with the memory that they came through", () => {
    const writer = new FlatWriter(CAPACITY);
    const memory = new SharedArrayBuffer(CAPACITY * 8);
    new Float64Array(memory).set(writer.write({ vector: Float32Array.of(1, 2, 3) }) as Float64Array);
    const { vector } = new FlatReader(memory).read(0) as { vector: Float32Array };
    new Uint8Array(memory).fill(255);
    expect(vector).toEqual(Float32Array.of(1, 2, 3));
    expect(vector.buffer.byteLength).toBe(12);
  });

  it("are refused where they are too long, too deep, go round in circles, or throw", () => {
    const writer = new FlatWriter(CAPACITY);
    const circle: unknown[] = [];
    circle.push(circle);
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    const throws = {
      get a() {
        throw new Error("boo");
      },
    };
    for (const value of ["x".repeat(20_000), new Array(CAPACITY).fill(1), circle, deep, throws]) {
      expect(writer.write({ fresh: 1, value })).toBeUndefined();
    }
    // Keys of refused messages have no number.
    const memory = new SharedArrayBuffer(CAPACITY * 8);
    new Float64Array(memory).set(writer.write({ fresh: 2 }) as Float64Array);
    expect(new FlatReader(memory).read(0)).toEqual({ fresh: 2 });
  });
});

describe("a ring", () => {
  it("brings messages in their order, round and round, and is full at some time (generated)", () => {
    const memory = ringMemory();
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    const waiting: unknown[] = [];
    let full = 0;
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 4000 })), { maxLength: 30 }), (steps) => {
        for (const step of steps) {
          if (step === null) {
            expect(reader.isEmpty).toBe(waiting.length === 0);
            if (waiting.length > 0) expect(reader.read()).toEqual(waiting.shift());
          } else {
            const message = new Array(step).fill(step);
            if (writer.write(message)) waiting.push(message);
            else full++;
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(full).toBeGreaterThan(0);
    while (waiting.length > 0) expect(reader.read()).toEqual(waiting.shift());
    expect(reader.isEmpty).toBe(true);
  });
});

describe("a line", () => {
  it("brings what is sent in its order, whichever way it goes, and wakes who sleeps (generated)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("line", "around", "turn", "pause"), { maxLength: 30 }),
        async (steps) => {
          const memory = lineMemory();
          const received: unknown[] = [];
          const post: (() => void)[] = [];
          const end: LineEnd = new LineEnd(
            memory,
            1,
            (message) => received.push(message),
            () => {},
          );
          const start = new LineEnd(
            memory,
            0,
            () => {},
            () => post.push(() => end.look()),
          );
          const around = (message: unknown) => {
            start.goesAround();
            post.push(() => {
              end.cameAround();
              received.push(message);
            });
          };
          const deliver = () => {
            for (const come of post.splice(0)) come();
          };
          let sent = 0;
          for (const step of steps) {
            if (step === "line") {
              if (!start.send(sent)) around(sent);
              sent++;
            } else if (step === "around") around(sent++);
            else {
              deliver();
              if (step === "pause") await new Promise((resolve) => setTimeout(resolve, 1));
              await new Promise((resolve) => setImmediate(resolve));
            }
          }
          // A wake is as good as none where the end still looks.
          for (let i = 0; i < 50 && received.length < sent; i++) {
            deliver();
            await new Promise((resolve) => setImmediate(resolve));
          }
          expect(received).toEqual(Array.from({ length: sent }, (_, i) => i));
        },
      ),
      { numRuns: 60 },
    );
  });
});
