import { describe, expect, it } from "vitest";
import type { SearchPlan } from "../../src/engine/query/search-plan.js";
import { SideBySide } from "../../src/engine/query/side-by-side.js";

const segment = { isShared: true, size: 1_000_000, options: { vectorBytes: 512 } };
const plan = {
  vectors: [new Uint8Array(512)],
  partitions: [{ segments: new Map([[1, segment]]) }],
  fieldId: 1,
  dataVersion: () => 0,
} as unknown as SearchPlan;

/** Calls that come one after the other, and what becomes of them. */
class Story {
  readonly told: string[] = [];
  readonly #sideBySide = new SideBySide({ coming: () => [] } as never, { searchAhead: () => ({}) as never });

  search(name: string): void {
    this.#sideBySide.run(
      plan,
      () => this.told.push(name),
      () => {},
    );
  }

  turn(): Promise<void> {
    return new Promise((resolve) =>
      setImmediate(() => {
        this.told.push("turn");
        resolve();
      }),
    );
  }
}

describe("searches side by side", () => {
  it("of one stretch are begun when it ends", async () => {
    const story = new Story();
    for (const name of ["a", "b", "c"]) story.search(name);
    story.told.push("end of the stretch");
    await story.turn();
    expect(story.told).toEqual(["a", "end of the stretch", "b", "c", "turn"]);
  });

  it("of several stretches are begun when the event loop turns", async () => {
    const story = new Story();
    for (const name of ["a", "b", "c"]) {
      story.search(name);
      await new Promise((resolve) => process.nextTick(resolve));
      story.told.push("end of a stretch");
    }
    await story.turn();
    const end = "end of a stretch";
    expect(story.told).toEqual(["a", end, end, end, "b", "c", "turn"]);
  });
});
