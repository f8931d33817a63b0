import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FILE_FORMATS } from "../../src/engine/contract/transfers.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { type AnyRows, anyRows, createFor, rowsOf } from "./any-rows.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 12);

/** No text of the rows is this. */
const NULLKEY = "\\N\u0001";

describe.each(FILE_FORMATS)("what is exported as %s", (format) => {
  it("is the same when it is imported", async () => {
    const folder = dirname(temporaryPath());
    let file = 0;
    const roundTrip = async (given: AnyRows): Promise<void> => {
      const db = await Elanus.open(":memory:");
      try {
        await createFor(db, "source", given);
        if (given.rows.length > 0) await db.entities.insert({ collectionName: "source", data: given.rows } as never);
        const to = join(folder, `${file++}.${format}`);
        const { rowCount } = await db.export({ collectionName: "source", to, nullkey: NULLKEY });
        expect(rowCount).toBe(given.rows.length);
        await createFor(db, "target", given);
        expect(await db.import({ collectionName: "target", from: to, nullkey: NULLKEY })).toEqual({ rowCount });
        expect(await rowsOf(db, "target")).toEqual(await rowsOf(db, "source"));
        expect((await db.check()).problems).toEqual([]);
      } finally {
        await db.close();
      }
    };
    await fc.assert(fc.asyncProperty(anyRows(), roundTrip), { numRuns: RUNS });
  });
});
