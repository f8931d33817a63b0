import { describe, expect, it } from "vitest";
import { type LoadEvent, type LoadState, NOT_LOADED, nextLoadState } from "../../src/engine/load/load-state.js";

const ALL = [1, 2, 3];
const N = NOT_LOADED;
const state = (mode: "collection" | "partition", ...ids: number[]): LoadState => ({
  mode,
  loaded: new Set(ids),
  replicaNumber: 1,
});
const C = state("collection", 1, 2, 3);
const CPart = state("collection", 1, 3);
const P = state("partition", 1);
const PAll = state("partition", 1, 2, 3);
const loadCollection: LoadEvent = { kind: "load-collection", replicaNumber: 1 };
const releaseCollection: LoadEvent = { kind: "release-collection" };
const load = (...partitions: number[]): LoadEvent => ({ kind: "load-partitions", partitions, replicaNumber: 1 });
const release = (...partitions: number[]): LoadEvent => ({ kind: "release-partitions", partitions });

const twoReplicas = (event: LoadEvent) => ({ ...event, replicaNumber: 2 }) as LoadEvent;
const OTHER = /^can't change the replica number for loaded partitions: invalid parameter\[expected=1\]\[actual=2\]$/;

type Row = readonly [name: string, from: LoadState, event: LoadEvent, to: LoadState | RegExp];

const modern: Row[] = [
  ["N, load collection: C", N, loadCollection, C],
  ["C, load collection: unchanged", C, loadCollection, C],
  ["C', load collection: C", CPart, loadCollection, C],
  ["P, load collection: C, the mode becomes collection", P, loadCollection, C],
  ["P with all, load collection: C", PAll, loadCollection, C],
  ["N, load partitions: P", N, load(2, 3), state("partition", 2, 3)],
  ["P, load partitions: they accumulate", P, load(2), state("partition", 1, 2)],
  ["P, load loaded partitions: unchanged", P, load(1), P],
  ["C, load partitions: unchanged", C, load(2), C],
  [
    "C, load collection with another replica number: it is the number now",
    C,
    twoReplicas(loadCollection),
    { ...C, replicaNumber: 2 },
  ],
  ["C, load partitions with another replica number: refused", C, twoReplicas(load(1)), OTHER],
  ["C', load partitions with another replica number: refused", CPart, twoReplicas(load(2)), OTHER],
  ["P, load loaded partitions with another replica number: refused", P, twoReplicas(load(1)), OTHER],
  ["P, load other partitions with another replica number: refused", P, twoReplicas(load(2)), OTHER],
  ["N, load partitions with a replica number: P", N, twoReplicas(load(1)), { ...P, replicaNumber: 2 }],
  ["C', load partitions: the mode stays collection", CPart, load(2), C],
  ["N, release collection: N", N, releaseCollection, N],
  ["C, release collection: N", C, releaseCollection, N],
  ["C', release collection: N", CPart, releaseCollection, N],
  ["P, release collection: N", P, releaseCollection, N],
  ["N, release partitions: N", N, release(1), N],
  ["P, release partitions that are not loaded: unchanged", P, release(2, 3), P],
  ["C, release some partitions: C'", C, release(2), CPart],
  ["C', release some: the same mode, fewer", CPart, release(1), state("collection", 3)],
  ["P, release some: the same mode, fewer", PAll, release(1, 2), state("partition", 3)],
  ["C, release all partitions: N", C, release(1, 2, 3), N],
  ["C', release all that are loaded: N", CPart, release(1, 2, 3), N],
  ["P, release all that are loaded: N", P, release(1), N],
];

const AFTER = /^load the partition after load collection is not supported: invalid parameter$/;
const legacy: Row[] = [
  ["N, load collection: C", N, loadCollection, C],
  ["C, load collection: unchanged (b)", C, loadCollection, C],
  [
    "C, load collection with another replica number: refused",
    C,
    { kind: "load-collection", replicaNumber: 2 },
    /^collection with different replica number 1 existed, release this collection first before changing its replica number: invalid parameter$/,
  ],
  ["P, load collection: refused (c)", P, loadCollection, AFTER],
  ["N, load partitions: P", N, load(1, 2), state("partition", 1, 2)],
  ["P, load loaded partitions: unchanged", P, load(1), P],
  [
    "P, load any other partition: refused (d)",
    P,
    load(1, 2),
    /^some partitions \[1 2\] of collection 7 has been loaded into QueryNode, please release partitions firstly: invalid parameter$/,
  ],
  [
    "P, load loaded partitions with another replica number: refused",
    P,
    twoReplicas(load(1)),
    /^collection with different replica number existed, release this collection first before changing its replica number: /,
  ],
  ["C, load partitions: refused", C, load(1), AFTER],
  [
    "C, release partitions: refused (a)",
    C,
    release(1),
    /^releasing some partitions after load collection is not supported: invalid parameter$/,
  ],
  ["P, release some: fewer", PAll, release(1), state("partition", 2, 3)],
  ["P, release all: N", P, release(1), N],
  ["N, release partitions: N", N, release(1), N],
  ["N, release collection: N", N, releaseCollection, N],
  ["C, release collection: N", C, releaseCollection, N],
  ["P, release collection: N", P, releaseCollection, N],
];

for (const [rules, rows] of [
  ["modern", modern],
  ["legacy", legacy],
] as const) {
  describe(`load states by the ${rules} rules`, () => {
    it.each(rows)("%s", (_name, from, event, to) => {
      const run = () => nextLoadState(rules, 7, ALL, from, event);
      if (to instanceof RegExp) expect(run).toThrow(to);
      else expect(run()).toEqual(to);
    });

    it("keeps the loaded set empty exactly in mode none, from every state by every event", () => {
      const states = [N, C, CPart, P, PAll];
      const events = [loadCollection, releaseCollection, load(1), load(2, 3), release(1), release(1, 2, 3), release(2)];
      let reached = 0;
      for (const from of states) {
        for (const event of events) {
          let next: LoadState;
          try {
            next = nextLoadState(rules, 7, ALL, from, event);
          } catch {
            continue;
          }
          expect(next.loaded.size === 0).toBe(next.mode === "none");
          reached++;
        }
      }
      expect(reached).toBeGreaterThan(15);
    });
  });
}
