import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyzerOf, analyzerOfText } from "../../src/text/analyzer.js";
import { foldToAscii } from "../../src/text/ascii-folding.js";

const words = (params: unknown, text: string): string => analyzerOf(params).words(text).join(" ");
const custom = (...filter: unknown[]) => ({ tokenizer: "standard", filter });
const synonym = (synonyms: unknown, expand?: unknown) => ({ type: "synonym", synonyms, expand });
const MIXED = "Milvus 是 LF AI & Data Foundation 下的一个开源项目，以 Apache 2.0 许可发布。";
const FEATURE = "The stop filter allows control over common stop words for text processing.";

describe("analyzers give the tokens that Milvus gives", () => {
  it.each([
    [undefined, "The Milvus vector database is built for scale!", "the milvus vector database is built for scale"],
    [{}, "foo_bar don't x²y a1b2 №5 ½ 3.14", "foo bar don t x²y a1b2 5 ½ 3 14"],
    [{ type: "standard", stop_words: ["the"] }, "The end", "end"],
    [{ type: "english" }, "The Milvus vector database is built for scale!", "milvus vector databas built scale"],
    [
      { type: "english" },
      "He was willing, being kind to its users; it's running_fast 2.0",
      "he kind user s run fast 2 0",
    ],
    [{ type: "english" }, "Café naïve 数据库 search", "café naïv 数据库 search"],
    [{ tokenizer: "whitespace" }, "built for scale!", "built for scale!"],
    [custom("alphanumonly"), "Milvus 2.0 @ Scale! #AI #Vector_Databasé", "Milvus 2 0 Scale AI Vector"],
    [
      custom("asciifolding"),
      "Café Möller serves crème brûlée and piñatas.",
      "Cafe Moller serves creme brulee and pinatas",
    ],
    [custom("cnalphanumonly"), MIXED, "Milvus 是 LF AI Data Foundation 下的一个开源项目 以 Apache 2 0 许可发布"],
    [custom("cncharonly"), MIXED, "是 下的一个开源项目 以 许可发布"],
    [
      custom({ type: "decompounder", word_list: ["dampf", "schiff", "fahrt", "brot", "backen", "automat"] }),
      "dampfschifffahrt brotbackautomat",
      "dampf schiff fahrt brotbackautomat",
    ],
    [custom({ type: "stemmer", language: "English" }), "running runs looked ran runner", "run run look ran runner"],
    [custom({ type: "regex", expr: "^(?!test)" }), "testItem apple testCase banana", "apple banana"],
    [
      custom({ type: "stop", stop_words: ["of", "to", "_english_"] }),
      FEATURE,
      "The stop filter allows control over common stop words text processing",
    ],
    [custom({ type: "length", max: 8 }), "数据库 naïve database databases", "naïve database"],
    [custom(synonym(["tv, television, set", "car => automobile"])), "my tv car", "my tv television set car automobile"],
    [
      custom(synonym(["tv, television", "car => automobile, vehicle"], false)),
      "television car",
      "tv automobile vehicle",
    ],
    [custom(synonym(["tv, television", "tv, set"])), "set tv", "set tv tv television set"],
    [custom(synonym(["trans => translate, \\=>", "\\\\test, test"], false)), "test trans on", "\\test translate => on"],
    [custom(synonym(["nyc, new\\ york", "gone =>", " , "])), "nyc gone", "nyc new york gone"],
    [custom(synonym(["gone =>"], false)), "gone on", "gone on"],
    [{ tokenizer: "icu", filter: ["removepunct"] }, "Привет! Как дела?", "Привет Как дела"],
    [{ tokenizer: { type: "char_group", delimiters: ["-", "whitespace"] } }, "a-b c_d", "a b c_d"],
  ])("%j: %s", (params, text, expected) => {
    expect(words(params, text)).toBe(expected);
  });

  it("keeps every segment of the icu tokenizer, spaces and punctuation too", () => {
    expect(analyzerOf({ tokenizer: "icu" }).words("Привет! Как дела?")).toEqual([
      "Привет",
      "!",
      " ",
      "Как",
      " ",
      "дела",
      "?",
    ]);
  });

  it("counts positions before filters take tokens out", () => {
    const tokens = analyzerOf({ type: "english" }).tokens("The Milvus vector database is built for scale!");
    expect(tokens.map((t) => `${t.text}@${t.position}`).join(" ")).toBe("milvus@1 vector@2 databas@3 built@5 scale@7");
  });

  it("finds each token where it says it stands", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const tokenizer of ["standard", "whitespace", "icu"]) {
          for (const token of analyzerOf({ tokenizer }).tokens(text)) {
            expect(text.slice(token.start, token.end)).toBe(token.text);
          }
        }
      }),
    );
  });
});

describe("ASCII folding", () => {
  it.each([
    ["ß æ ø đ ł Œ Þ ĳ ﬃ", "ss ae o d l OE TH ij ffi"],
    ["“quoted” – ‘it’ … ②⑳ ｆｕｌｌ", "\"quoted\" - 'it' … 220 full"],
    ["Ελλάδα Ёж 数据", "Ελλάδα Ёж 数据"],
  ])("%s", (text, folded) => {
    expect(foldToAscii(text)).toBe(folded);
  });

  it("leaves ASCII alone and is done after one pass", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = foldToAscii(text);
        expect(foldToAscii(once)).toBe(once);
      }),
    );
  });
});

describe("refusals have the text of Milvus", () => {
  it.each([
    [{ filter: [] }, "tokenizer name or type must be set"],
    [{ tokenizer: 5 }, "tokenizer name should be string or dict"],
    [{ tokenizer: { name: "x" } }, "customized tokenizer must set type"],
    [{ tokenizer: "nope" }, "unsupported tokenizer: nope"],
    [{ tokenizer: "constructor" }, "unsupported tokenizer: constructor"],
    [{ tokenizer: "standard", filter: "lowercase" }, "filter params should be array"],
    [custom("stop"), "build analyzer failed, filter not found :stop"],
    [custom({ type: "lowercase" }), "unsupport filter type: lowercase"],
    [custom({ max: 5 }), "no type field in filter params"],
    [{ tokenizer: "standard", extra: 1 }, "unknown analyzer option key: extra"],
    [{ type: "klingon" }, "unknown build-in analyzer type: klingon"],
    [{ type: 5 }, "analyzer type shoud be string"],
    [custom({ type: "length" }), "lenth max param was none or not uint"],
    [custom({ type: "stop" }), "stop filter stop_words can't be empty"],
    [custom({ type: "stop", stop_words: "_english_" }), "stop_words filter should be array"],
    [custom({ type: "stemmer", language: "klingon" }), "create stemmer failed : unsupport language: klingon"],
    [custom({ type: "stemmer" }), "stemmer language field should be string"],
    [custom({ type: "decompounder" }), "decompounder word list should be array"],
    [custom({ type: "decompounder", word_list: [1] }), "decompounder word list item should be string"],
    [custom({ type: "regex" }), "must set expr for regex filter"],
    [custom(synonym([], "yes")), "create synonym filter failed, `expand` must be bool"],
    [custom(synonym("a, b")), "create synonym filter failed, `synonyms` must be array"],
    [custom(synonym([1])), "create synonym filter failed, item in `synonyms` must be string"],
    [custom(synonym(["a => b => c"])), 'read synonym dict failed, has more than one "=>" in a => b => c'],
    [custom(synonym(["new york, nyc"])), "read synonym dict failed, has space between words new york, nyc"],
    [custom(synonym(["a\\"])), "invalid synonym escaped in the end: a\\"],
    [custom(synonym(["a\\b"])), "invalid synonym escaped: \\b in a\\b"],
    [{ tokenizer: { type: "jieba", mode: "fast" } }, 'jieba tokenizer mode must be "exact" or "search"'],
    [{ tokenizer: { type: "jieba", dict: "x" } }, "jieba tokenizer dict must be array"],
    [{ tokenizer: { type: "char_group" } }, "char group tokenizer delimiters can't be empty"],
    [{ tokenizer: { type: "char_group", delimiters: "x" } }, "char group tokenizer delimiters must be a vector"],
    [{ tokenizer: { type: "char_group", delimiters: ["ab"] } }, "ab not a char or name of build-in char group"],
    [{ tokenizer: { type: "language_identifier" } }, "analyzers must be set"],
    [
      { tokenizer: { type: "language_identifier", analyzers: { English: {} } } },
      "default sub analyzer for language identifier analyzer must be set",
    ],
  ])("%j", (params, text) => {
    expect(() => analyzerOf(params)).toThrow(text);
  });

  it("text that is no JSON", () => {
    expect(() => analyzerOfText("{")).toThrow("unmarshal analyzer params failed with json error: ");
    expect(analyzerOfText("").words("A b")).toEqual(["a", "b"]);
  });
});
