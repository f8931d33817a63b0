import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { python, pythonWith, whySkipped } from "./harness/languages.js";
import { walk } from "./harness/walk.js";
import { walked } from "./harness/walked.js";

const file = (name: string) => fileURLToPath(new URL(`./applications/${name}`, import.meta.url));
const reason = whySkipped(python, "Python 3.10 or newer");

const application = (name: string) =>
  walked(async () => walk(pythonWith(file(`${name}/requirements.txt`)), [file(`${name}/walk.py`)]), 600_000);

const WHALE = "the white whale and the ship";
const DUBLIN = "a day in Dublin";
const HIGHBURY = "the match maker of Highbury";
const HARBOUR = "a ship in the harbour";
/** One of four texts holds the word, and is longer than their mean: the formula of Okapi with k1 = 1.2 and b = 0.75. */
const BM25_SCORE = expect.closeTo(1.11292, 5);

describe.skipIf(reason !== "")(`LangChain's vector store (Python)${reason}`, () => {
  const { value, rpcs } = application("langchain");

  it("searches by meaning", () => {
    value("dense: make");
    expect(value("dense: search")).toEqual([
      { text: WHALE, metadata: { title: "book 0", pages: 100, pk: "a" }, score: expect.closeTo(1.10557, 5) },
      { text: HARBOUR, metadata: { title: "book 3", pages: 103, pk: "d" }, score: expect.closeTo(1.36754, 5) },
    ]);
    expect(value("dense: filter")).toEqual([HARBOUR, HIGHBURY]);
    expect(value("dense: diverse")).toEqual([HARBOUR, WHALE]);
    expect(value("dense: retrieve")).toEqual([DUBLIN]);
    expect(value("dense: async")).toEqual([WHALE]);
    expect(value("dense: open again")).toEqual([HIGHBURY]);
  });

  it("reads, replaces and deletes by key and by metadata", () => {
    expect(value("dense: keys")).toEqual(["c"]);
    value("dense: upsert");
    expect(value("dense: by metadata")).toEqual(["a night in Paris"]);
    expect(value("dense: delete")).toBe(true);
    expect(value("dense: what is left")).toEqual(["a", "c", "d"]);
    expect(value("dense: indexes")).toMatchObject([{ index_param: { metric_type: "L2", index_type: "AUTOINDEX" } }]);
    value("dense: drop");
  });

  it("searches full text, its index an AUTOINDEX with BM25", () => {
    value("full text: make");
    expect(value("full text: search")).toMatchObject([{ text: WHALE, score: BM25_SCORE }]);
    expect(value("full text: no such word")).toEqual([]);
    expect(value("full text: indexes")).toMatchObject([
      { index_param: { metric_type: "BM25", index_type: "AUTOINDEX" } },
    ]);
  });

  it("searches both at once", () => {
    value("hybrid: make");
    expect(value("hybrid: search")).toEqual([WHALE, DUBLIN]);
    expect(rpcs("hybrid: search")).toContain("HybridSearch");
    expect(value("hybrid: weighted")).toEqual([WHALE, DUBLIN]);
    expect(value("hybrid: rrf")).toEqual([HARBOUR]);
  });

  it("keeps metadata in a JSON field, as dynamic keys, as a partition key", () => {
    for (const step of ["json metadata: make", "dynamic: make", "key: make", "flat: make"]) value(step);
    const metadata = { title: "book 1", pages: 101 };
    expect(value("json metadata: search")).toEqual([{ text: DUBLIN, metadata, score: expect.closeTo(1, 5) }]);
    expect(value("dynamic: search")).toEqual([
      { text: DUBLIN, metadata: { pk: "b", ...metadata }, score: expect.closeTo(1, 5) },
    ]);
    expect(value("key: search")).toEqual([HARBOUR]);
    expect(value("flat: search")).toMatchObject([{ text: HIGHBURY }]);
  });
});

describe.skipIf(reason !== "")(`LlamaIndex' vector store${reason}`, () => {
  const { value, rpcs } = application("llama-index");

  it("searches by meaning", () => {
    value("dense: make");
    expect(value("dense: add")).toEqual(["n0", "n1", "n2", "n3"]);
    expect(value("dense: search")).toEqual({
      ids: ["n0", "n3"],
      texts: [WHALE, HARBOUR],
      scores: [expect.closeTo(0.44721, 5), expect.closeTo(0.31623, 5)],
    });
    expect(value("dense: filter")).toMatchObject({ ids: ["n3", "n1"] });
    // It reads the vectors of the hits.
    expect(value("dense: diverse")).toMatchObject({ ids: ["n3", "n0"] });
    expect(value("dense: async")).toMatchObject({ ids: ["n1"] });
    expect(value("dense: open again")).toMatchObject({ ids: ["n2"] });
  });

  it("reads and deletes nodes", () => {
    expect(value("dense: get")).toEqual([DUBLIN]);
    expect(value("dense: get by filter")).toEqual([HIGHBURY]);
    value("dense: delete nodes");
    value("dense: delete document");
    expect(value("dense: what is left")).toEqual(["n0", "n2"]);
    expect(value("dense: add again")).toEqual(["n0"]);
    value("dense: clear");
  });

  it("searches full text, with a ratio of weights to drop", () => {
    value("full_text: make");
    value("full_text: add");
    expect(value("full_text: search")).toEqual({ ids: ["n0"], texts: [WHALE], scores: [BM25_SCORE] });
    expect(value("full_text: no such word")).toEqual({ ids: [], texts: [], scores: [] });
  });

  it.each([
    // Found by both searches, or by one of them: the sums of RRF with k = 60.
    ["hybrid", 2 / 61, 1 / 62],
    ["own_sparse", 2 / 61, 1 / 62],
    ["weighted", 0.70532, 0.3],
  ])("searches both at once: %s", (name, first, second) => {
    value(`${name}: make`);
    value(`${name}: add`);
    expect(value(`${name}: search`)).toEqual({
      ids: ["n0", "n1"],
      texts: [WHALE, DUBLIN],
      scores: [expect.closeTo(first, 5), expect.closeTo(second, 5)],
    });
    expect(rpcs(`${name}: search`)).toContain("HybridSearch");
    expect(value(`${name}: dense only`)).toMatchObject({ ids: ["n1"] });
    expect(value(`${name}: filter`)).toMatchObject({ ids: ["n3", "n1"] });
  });
});

describe.skipIf(reason !== "" || process.platform === "win32")(`milvus_cli at a terminal${reason}`, () => {
  const { value, rpcs } = application("milvus-cli");

  it("makes a collection, fills and reads it", () => {
    expect(value("connect")).toContain("Connect Milvus successfully.");
    expect(rpcs("connect")[0]).toBe("Connect");
    expect(value("create")).toContain("Create collection successfully!");
    expect(value("list")).toContain("book");
    expect(value("describe")).toContain("- vec 101 dim: 4");
    expect(value("index")).toContain("Create index successfully!");
    // It asks for the name of an index, and does not send it.
    expect(value("indexes")).toMatch(/vec +\| vec +\| HNSW +\| L2 +\| \{'M': 8, 'efConstruction': 64\}/);
    expect(value("insert")).toContain("{'insert_count': 2, 'ids': [1, 2]}");
    expect(value("query")).toMatch(/1 +\| +Emma[\s\S]+2 +\| +Ulysses/);
    expect(value("search")).toMatch(/1 \| +0 \| \{'entity': \{'title': 'Emma'\}\}/);
    expect(value("version")).toContain("v3.0.2");
    expect(value("databases")).toContain("default");
    expect(value("users")).toBe("['root']");
    expect(value("delete")).toContain("Drop collection book successfully!");
    expect(value("list nothing")).not.toContain("book");
  });

  it("makes, loads, releases and deletes a partition", () => {
    expect(value("partition")).toContain("Create partition successfully!");
    expect(rpcs("partition")).toContain("CreatePartition");
    expect(value("partitions")).toBe("['_default', 'novel']");
    expect(value("load")).toContain("successfully");
    expect(value("load state")).toContain("<LoadState: Loaded>");
    expect(value("release")).toBe("Release partition novel successfully!");
    expect(rpcs("release")).toEqual(["ReleasePartitions"]);
    expect(value("state")).toContain("<LoadState: NotLoad>");
    expect(rpcs("state")).toEqual(["GetLoadState"]);
    expect(value("query what is released")).toContain("(code=201, message=failed to query: partition not loaded");
    expect(value("release again")).toBe("Release partition novel successfully!");
    expect(value("release unknown")).toContain("(code=200, message=partition not found[partition=none])");
    expect(value("load partition")).toBe("Load partition novel successfully!");
    expect(rpcs("load partition")).toEqual(["LoadPartitions", "GetLoadingProgress"]);
    expect(value("progress")).toContain("100%");
    expect(value("statistics")).toContain("{'row_count': 2}");
    expect(value("delete loaded")).toContain("please release it first");
    expect(value("release collection")).toContain("successfully");
    expect(value("delete partition")).toBe("['_default']");
    expect(rpcs("delete partition")).toEqual(["ShowPartitions", "DropPartition", "ShowPartitions"]);
  });

  it("does not know the command that its guide prints, and nothing is released by it", () => {
    expect(value("release as printed")).toContain("No such option '-c'");
    expect(rpcs("release as printed")).toEqual([]);
    expect(value("state as printed")).toContain("<LoadState: Loaded>");
  });
});
