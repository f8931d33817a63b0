import { expect, it } from "vitest";
import type { SearchHits } from "../../src/engine/contract/column.js";
import { explainedSearch } from "../../src/engine/query/explain.js";
import type { QueryContext } from "../../src/engine/query/query-context.js";
import type { SearchNotes } from "../../src/engine/query/search-notes.js";
import type { SearchPlan } from "../../src/engine/query/search-plan.js";
import { LongMeasure } from "../../src/engine/vector/lists/long-measure.js";

it("the recall of an explained search is measured in slices where it reads so many vectors that it takes long", async () => {
  const of = {};
  let measured = false;
  let ended = false;
  const long = new LongMeasure(of, {
    inSlices: async (pause) => {
      measured = await pause();
    },
    atOnce: () => {},
    done: () => {
      ended = true;
    },
  });
  const ctx = {
    deadline: { check: () => {}, during: (_: unknown, work: () => unknown) => work() },
    search: {
      run: () => {
        if (!measured) throw long;
        return { rowIds: [1, 2], keys: [1, 2], scores: [0, 0] };
      },
    },
  } as unknown as QueryContext;
  const plan = { partitions: [], fieldId: 1 } as unknown as SearchPlan;
  const notes = {
    vectors: [{ way: "graph" }],
    found: new Map([[new Uint8Array(4), [1, 3]]]),
  } as unknown as SearchNotes;
  const reply = await explainedSearch(ctx, { deadline: undefined } as never, {} as SearchHits, plan, notes);
  expect(reply.explanation).toMatchObject({ recall: 0.5 });
  expect([measured, ended]).toEqual([true, true]);
});
