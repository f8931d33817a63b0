import { loadAddon, RawIndex } from "../../lib/raw.mjs";

/** The addon alone, as npm compiles it: no storage, no filter of its own (a byte mask is made from the column). */
export const adapter = {
  package: "hnswlib-node",
  knobs: [10, 20, 40, 80],
  filterKnob: 20,
  build(set, folder) {
    const index = new RawIndex(loadAddon(import.meta.url), set);
    index.build(set);
    index.write(`${folder}/index.hnsw`);
  },
  async open(set, folder) {
    const index = new RawIndex(loadAddon(import.meta.url), set);
    await index.read(`${folder}/index.hnsw`);
    return { index, sel: set.sel, mask: new Uint8Array(set.rows), window: "" };
  },
  search: ({ index }, query, k, ef) => index.search(query, k, ef),
  filter(state, query, k, ef, { from, to }) {
    const { index, sel, mask } = state;
    if (state.window !== `${from} ${to}`) {
      for (let i = 0; i < mask.length; i++) mask[i] = sel[i] >= from && sel[i] < to ? 1 : 0;
      state.window = `${from} ${to}`;
    }
    return index.search(query, k, ef, (label) => mask[label] === 1);
  },
  delete({ index, sel }, { from, to }) {
    let count = 0;
    for (let i = 0; i < sel.length; i++) {
      if (sel[i] < from || sel[i] >= to) continue;
      index.markDelete(i);
      count++;
    }
    return count;
  },
};
