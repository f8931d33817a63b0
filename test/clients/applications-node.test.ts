import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { answerOf, packagesOf, whySkipped } from "./harness/languages.js";
import { walk } from "./harness/walk.js";
import { walked } from "./harness/walked.js";

const file = (name: string) => fileURLToPath(new URL(`./applications/${name}`, import.meta.url));
const reason = whySkipped(answerOf("npm", "--version"), "npm");

const application = (name: string) =>
  walked(async () => walk(process.execPath, [file(`${name}/walk.mjs`), packagesOf(file(name))]), 600_000);

describe.skipIf(reason !== "")(`LangChain's vector store (Node)${reason}`, () => {
  const { value, rpcs } = application("langchain-js");
  const books = [
    {
      pageContent: "the whale and the ship",
      metadata: { title: "book 0", pages: 100, read: false, tags: { genre: [0] } },
    },
    { pageContent: "a day in Dublin", metadata: { title: "book 1", pages: 101, read: true, tags: { genre: [1] } } },
    {
      pageContent: "the match maker of Highbury",
      metadata: { title: "book 2", pages: 102, read: false, tags: { genre: [2] } },
    },
  ];

  it("makes a collection of texts, and searches it", () => {
    value("from texts");
    expect(rpcs("from texts")).toEqual([
      "Connect",
      "DescribeCollection",
      "CreateCollection",
      "CreateIndex",
      "DescribeCollection",
      "Insert",
      "Flush",
      "GetFlushState",
    ]);
    expect(value("search")).toEqual([
      { ...books[0], score: expect.closeTo(0.6907, 4) },
      { ...books[1], score: 2 },
    ]);
    expect(value("search with a filter")).toEqual([
      { ...books[1], score: 2 },
      { ...books[2], score: 2 },
    ]);
  });

  it("adds to one that exists, and deletes", () => {
    value("existing");
    value("add");
    expect(value("search again")).toMatchObject([{ pageContent: "ship ship ship", score: 0 }]);
    expect(value("retrieve")).toEqual(["a day in Dublin"]);
    value("delete");
    expect(value("search what is left")).toMatchObject([books[0]]);
    value("properties");
  });

  it("keeps keys and partitions of its caller", () => {
    value("own keys in a partition");
    expect(rpcs("own keys in a partition")).toContain("CreatePartition");
    expect(value("search in the partition")).toMatchObject([
      { metadata: { title: "book 1", langchain_primaryid: "b" } },
    ]);
    value("delete by key");
    expect(value("search after it")).toBe(2);
    expect(value("partition key")).toMatchObject([
      { pageContent: "a day in Dublin", metadata: { author: "author 1" } },
    ]);
  });
});

describe.skipIf(reason !== "")(`claude-context${reason}`, () => {
  const { value, rpcs } = application("claude-context");

  // Found by both searches, or by one of them: the sums of RRF with k = 100.
  const both = expect.closeTo(2 / 101, 6);
  const one = expect.closeTo(1 / 101, 6);

  it.each([
    ["hybrid", both, one, one, "HybridSearch"],
    ["dense", expect.closeTo(0.7243, 4), expect.closeTo(0.1826, 4), expect.closeTo(0.3621, 4), "Search"],
  ] as const)("indexes a folder, finds its code and follows its changes: %s", (mode, found, filtered, left, search) => {
    const of = (step: string) => value(`${mode}: ${step}`);
    expect(of("index")).toEqual({ indexedFiles: 3, totalChunks: 5, status: "completed" });
    for (const rpc of ["CreateCollection", "CreateIndex", "GetIndexBuildProgress", "LoadCollection", "Insert"]) {
      expect(rpcs(`${mode}: index`)).toContain(rpc);
    }
    expect(of("has index")).toBe(true);
    expect(of("search")).toEqual([{ relativePath: "whale.ts", language: "typescript", score: found }]);
    expect(rpcs(`${mode}: search`)).toContain(search);
    expect(of("search in Python")).toEqual([{ relativePath: "walk.py", language: "python", score: filtered }]);
    expect(of("no change")).toEqual({ added: 0, removed: 0, modified: 0 });
    expect(of("changes")).toEqual({ added: 0, removed: 1, modified: 1 });
    expect(of("search for what is new")).toMatchObject([{ relativePath: "walk.py" }]);
    expect(of("search for what is gone")).toEqual([
      { relativePath: "whale.ts", language: "typescript", score: left },
      expect.objectContaining({ relativePath: "walk.py" }),
    ]);
    expect(of("index again")).toMatchObject({ indexedFiles: 2 });
    of("clear");
    expect(of("has none")).toBe(false);
  });
});
