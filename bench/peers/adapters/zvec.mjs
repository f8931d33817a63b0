import zvec from "@zvec/zvec";

const { ZVecDataType, ZVecIndexType, ZVecMetricType } = zvec;
const start = () => zvec.ZVecInitialize({ logLevel: zvec.ZVecLogLevel.ERROR, queryThreads: 1, optimizeThreads: 1 });
const where = ({ from, to }) => (from === 0 ? `sel < ${to}` : `sel >= ${from} and sel < ${to}`);
const query = (collection, vector, k, ef, filter) =>
  collection
    .querySync({
      fieldName: "e",
      vector,
      topk: k,
      outputFields: [],
      ...(filter === undefined ? {} : { filter }),
      params: { indexType: ZVecIndexType.HNSW, ef },
    })
    .map((hit) => hit.id);

/** One thread; the scalar has an inverted index with range optimisation. */
export const adapter = {
  package: "@zvec/zvec",
  knobs: [10, 20, 40, 80],
  filterKnob: 20,
  build(set, folder) {
    start();
    const schema = new zvec.ZVecCollectionSchema({
      name: "bench",
      fields: [
        {
          name: "sel",
          dataType: ZVecDataType.INT32,
          indexParams: { indexType: ZVecIndexType.INVERT, enableRangeOptimization: true },
        },
      ],
      vectors: [
        {
          name: "e",
          dataType: ZVecDataType.VECTOR_FP32,
          dimension: set.dimension,
          indexParams: {
            indexType: ZVecIndexType.HNSW,
            metricType: set.metric === "COSINE" ? ZVecMetricType.COSINE : ZVecMetricType.L2,
            m: 16,
            efConstruction: 200,
          },
        },
      ],
    });
    const collection = zvec.ZVecCreateAndOpen(`${folder}/collection`, schema);
    for (let from = 0; from < set.rows; from += 500) {
      const rows = [];
      for (let i = from; i < Math.min(set.rows, from + 500); i++) {
        rows.push({ id: String(i), vectors: { e: set.row(i) }, fields: { sel: set.sel[i] } });
      }
      const [status] = collection.insertSync(rows);
      if (!status.ok) throw new Error(status.message);
    }
    collection.optimizeSync({ concurrency: 1 });
    collection.closeSync();
  },
  open(_set, folder) {
    start();
    return zvec.ZVecOpen(`${folder}/collection`);
  },
  search: (collection, vector, k, ef) => query(collection, vector, k, ef),
  filter: (collection, vector, k, ef, window) => query(collection, vector, k, ef, where(window)),
  delete(collection, window) {
    const before = collection.stats.docCount;
    collection.deleteByFilterSync(where(window));
    return before - collection.stats.docCount;
  },
};
