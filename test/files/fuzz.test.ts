import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILE_FORMATS } from "../../src/engine/contract/transfers.js";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { anyRows, createFor } from "./any-rows.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 6);
/** Damaged files that are made of each. */
const DAMAGES = 12;

const damage = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("drop" as const), at: fc.nat(), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant("fill" as const), at: fc.nat(), byte: fc.nat(255) }),
);

type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damaged(whole: Buffer, given: Damage): Buffer {
  const bytes = Buffer.from(whole);
  const at = bytes.length === 0 ? 0 : given.at % bytes.length;
  switch (given.kind) {
    case "cut":
      return bytes.subarray(0, at);
    case "flip":
      bytes[at] = (bytes[at] ?? 0) ^ (1 << given.bit);
      return bytes;
    case "drop":
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + given.count)]);
    case "fill":
      return bytes.fill(given.byte, at, Math.min(at + 8, bytes.length));
  }
}

describe.each(FILE_FORMATS)("a damaged file of %s", (format) => {
  it("is read or refused in words, and leaves nothing when it is refused", async () => {
    const file = join(dirname(temporaryPath()), `rows.${format}`);
    await fc.assert(
      fc.asyncProperty(
        anyRows().filter(({ rows }) => rows.length > 0),
        fc.array(damage, { minLength: DAMAGES, maxLength: DAMAGES }),
        async (given, damages) => {
          const db = await Elanus.open(":memory:");
          try {
            await createFor(db, "source", given);
            await createFor(db, "target", given);
            await db.entities.insert({ collectionName: "source", data: given.rows } as never);
            await db.export({ collectionName: "source", to: file, nullkey: "\u0001", overwrite: true });
            const whole = readFileSync(file);
            for (const each of damages) {
              writeFileSync(file, damaged(whole, each));
              const before = await db.collections.getStats({ collectionName: "target" });
              await db.import({ collectionName: "target", from: file, nullkey: "\u0001" }).catch(async (error) => {
                if (!isElanusError(error, "ImportFailed")) throw error;
                expect(error.message).toContain(file);
                expect(await db.collections.getStats({ collectionName: "target" })).toEqual(before);
              });
            }
            expect((await db.check()).problems).toEqual([]);
          } finally {
            await db.close();
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
