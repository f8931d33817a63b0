import usearch from "usearch";

const create = (set, ef) =>
  new usearch.Index({
    metric: set.metric === "COSINE" ? "cos" : "l2sq",
    dimensions: set.dimension,
    quantization: "f32",
    connectivity: 16,
    expansion_add: 200,
    expansion_search: ef,
    multi: false,
  });

/** A vector index without rows; its npm binding has no filters. The breadth of search is set when an index is made. */
export const adapter = {
  package: "usearch",
  knobs: [10, 20, 40, 80],
  build(set, folder) {
    const index = create(set, 64);
    for (let from = 0; from < set.rows; from += 1000) {
      const count = Math.min(1000, set.rows - from);
      const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(from + i));
      index.add(keys, set.base.subarray(from * set.dimension, (from + count) * set.dimension), 1);
    }
    index.save(`${folder}/index.usearch`);
  },
  open: (set, folder) => ({ set, folder, ef: 0, index: undefined }),
  search(state, vector, k, ef) {
    if (state.ef !== ef) {
      state.index = create(state.set, ef);
      state.index.load(`${state.folder}/index.usearch`);
      state.ef = ef;
    }
    return state.index.search(vector, k, 1).keys;
  },
  delete({ index, set }, { from, to }) {
    let count = 0;
    for (let i = 0; i < set.rows; i++) {
      if (set.sel[i] < from || set.sel[i] >= to) continue;
      index.remove(BigInt(i));
      count++;
    }
    return count;
  },
};
