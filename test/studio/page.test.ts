import { writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Elanus, type ListenOptions, type OpenOptions } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { atEnd } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";
import { Browser, findChromium } from "./browser.js";

const chromium = findChromium();
if (chromium === undefined) console.log("skipped: there is no chromium to look at the page with");

const MARKUP = '<img src=x onerror="document.title=1">';

async function served(options: OpenOptions = {}, page: ListenOptions["page"] = { writes: true }) {
  const db = await Elanus.open(":memory:", options);
  atEnd(() => db.close());
  const { url } = await db.listen({ port: 0, ...(page !== undefined && { page }) });
  return { db, url };
}

const GENRES = ["noir", "western", "comedy"];

function titleOf(i: number): string {
  const [first, second] = [
    ["long", "last", "blue", "silent"][i % 4],
    ["river", "train", "goodbye", "city", "road"][i % 5],
  ];
  return `The ${first} ${second}`;
}

/** Keeps what the page looks like, for docs/studio.md, when it is asked to: ELANUS_PICTURES=1. */
async function picture(browser: Browser, name: string): Promise<void> {
  if (process.env["ELANUS_PICTURES"] === undefined) return;
  const file = new URL(`../../docs/studio/${name}.webp`, import.meta.url);
  await writeFile(file, await browser.screenshot());
}

/** A collection with a text that can be searched, and two heaps of vectors. */
async function library(db: Elanus, rows = 300): Promise<void> {
  await db.collections.create({
    collectionName: "book",
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 65535, enable_analyzer: true } },
        { fieldName: "genre", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
        { fieldName: "year", dataType: "Int32", nullable: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 8 } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["title"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "v", indexType: "HNSW", metricType: "L2" },
      { fieldName: "words", indexType: "SPARSE_INVERTED_INDEX", metricType: "BM25" },
    ],
  });
  await db.entities.insert({
    collectionName: "book",
    data: Array.from({ length: rows }, (_, i) => ({
      id: 9_007_199_254_740_993n + BigInt(i),
      title: i === 0 ? "the white whale" : i === 3 ? MARKUP : titleOf(i),
      genre: GENRES[i % 3],
      year: i % 2 === 0 ? 1900 + i : null,
      v: Array.from({ length: 8 }, (_, d) => (d % 3 === i % 3 ? 3 : 0) + Math.sin(i * 8 + d * d)),
      studio: "UFA",
    })),
  });
}

describe.skipIf(chromium === undefined)("the page in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.open(chromium as string);
  });
  afterAll(async () => browser?.close());

  // Nothing but our servers was asked, and nothing went wrong in the page.
  afterEach(async () => {
    await browser.go("about:blank");
    const ours = (asked: string) => /^(?:data|blob|about):/.test(asked) || asked.startsWith("http://127.0.0.1:");
    const foreign = browser.requests.splice(0).filter((asked) => !ours(asked));
    expect([...foreign, ...browser.complaints.splice(0)]).toEqual([]);
  });

  it("shows an empty database, and a collection as soon as it is there", async () => {
    const { db, url } = await served();
    await browser.go(url);
    await browser.until(/Nothing here yet/);
    await picture(browser, "empty");
    await db.collections.create({ collectionName: "book", dimension: 4 });
    await browser.until(/book\s+0 rows, loaded/);
    // An address of what is not there yet.
    await browser.go(`${url}/#/default/film/rows`);
    await browser.until(/100: .*film/);
    await db.collections.create({ collectionName: "film", dimension: 4 });
    await browser.until(/film[\s\S]*Filter/);
  });

  it("shows rows with all digits of their keys, markup as text, and opens one by keyboard", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/rows`);
    const text = await browser.until(/9007199254740994/);
    expect(text).toContain(MARKUP);
    expect(text).toContain("UFA");
    expect(await browser.value("document.querySelectorAll('main img').length")).toBe(0);
    await browser.value("document.querySelector('td button').focus()");
    await browser.key("Enter");
    await browser.until(/Search like this/);
    await browser.key("Escape");
    const focused = () =>
      browser.value("document.querySelector('dialog') === null && document.activeElement.className");
    await expect.poll(focused).toBe("link");
  });

  it("counts while a filter is typed, and marks the place where it is wrong", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/rows`);
    await browser.until(/300 rows\n/);
    await browser.type("#filter", "year >= 1990");
    await browser.until(/105 rows/);
    await browser.until(/Delete these rows/);
    await picture(browser, "rows");
    await browser.type("#filter", "year >= ");
    expect(await browser.until(/no viable alternative/)).not.toMatch(/Delete these rows/);
    expect(await browser.value("document.querySelector('mark').previousSibling.textContent")).toBe("year >= ");
    await browser.type("#filter", "title > 3 or year == 1");
    await browser.until(/comparisons between VarChar and Int64/);
    await picture(browser, "fault");
    expect(await browser.value("document.querySelector('mark').textContent")).toBe("title > 3");
    // Also where the box does not hold all that is typed.
    await browser.type("#filter", `year in [${Array.from({ length: 3_000 }, (_, i) => i).join(", ")}] and title > 3`);
    // The fault is the same as before; its mark is new.
    const marked = () => browser.value("document.querySelector('mark')?.parentElement.textContent ?? ''");
    await expect.poll(marked).toContain("year in [0, 1");
    const places = `["mark", "#filter"].map((name) => document.querySelector(name).getBoundingClientRect())`;
    const [mark, box] = await browser.value<readonly { top: number; bottom: number; width: number }[]>(
      `JSON.parse(JSON.stringify(${places}))`,
    );
    expect(mark?.width).toBeGreaterThan(0);
    expect(mark?.top).toBeGreaterThanOrEqual(box?.top as number);
    expect(mark?.top).toBeLessThan((box?.bottom as number) - 10);
  });

  it("deletes by the filter that is typed alone, also where an earlier one is answered late", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/rows`);
    await browser.until(/300 rows\n/);
    await browser.value(`{
      const ask = fetch;
      window.fetch = (path, init) => init.body?.includes('year >= 1"') !== true ? ask(path, init) : new Promise((answer) => {
        window.late = () => {
          answer({ json: async () => ({ code: 0, data: { count: 150 } }) });
          return new Promise((done) => setTimeout(done));
        };
      });
    }`);
    await browser.type("#filter", "year >= 1");
    await expect.poll(() => browser.value("typeof late")).toBe("function");
    await browser.type("#filter", "year >= ");
    await browser.until(/no viable alternative/);
    await browser.value("late()");
    expect(await browser.value("document.body.innerText")).not.toMatch(/Delete these rows/);
  });

  it("finds rows by a row, by a text and by a vector, and shows what is wrong with one", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/search?like=9007199254740995`);
    await browser.until(/The id of the row/);
    await browser.click("button", "Search");
    expect(await browser.until(/10 hits in/)).toMatch(/distance\s[\s\S]*9007199254740995\s+0\s/);
    await browser.choose("form select", "words");
    await browser.choose("form label:nth-of-type(2) select", "text");
    await browser.type("#like", "whale");
    await browser.click("button", "Search");
    await browser.until(/1 hit in[\s\S]*the white whale/);
    await browser.choose("form select", "v");
    await browser.choose("form label:nth-of-type(2) select", "vector");
    await browser.type("#like", "[1, 2");
    await browser.click("button", "Search");
    await browser.until(/this is no vector/);
    await browser.type("#like", "[1, 2]");
    await browser.click("button", "Search");
    await browser.until(/\d+: .*dim/);
    await browser.type("#like", "[1,1,1,1,1,1,1,1]");
    await browser.click("button", "Search");
    await browser.until(/10 hits in/);
  });

  it("draws a map, coloured by a field; vectors that are all equal lie on one point", async () => {
    const { db, url } = await served();
    await library(db);
    await db.collections.create({ collectionName: "same", dimension: 4 });
    await db.entities.insert({ collectionName: "same", data: [1, 2, 3].map((id) => ({ id, vector: [1, 1, 1, 1] })) });
    await browser.go(`${url}/#/default/book/map`);
    await browser.until(/300 rows; the map shows \d+ % of their spread/);
    await browser.choose(".map label:nth-of-type(2) select", "year");
    await browser.until(/1900/);
    await browser.value("document.querySelector('canvas').focus()");
    await browser.key("ArrowRight");
    await browser.until(/id 90071992547\d+, year /);
    await browser.choose(".map label:nth-of-type(2) select", "genre");
    await browser.until(/noir\s+western|western\s+noir|comedy/);
    await picture(browser, "map");
    await browser.go(`${url}/#/default/same/map`);
    await browser.until(/3 rows; all vectors are equal/);
  });

  it("draws maps of vectors of every type, of the rows that have one", async () => {
    const { db, url } = await served();
    const types = ["Float16Vector", "BFloat16Vector", "Int8Vector", "BinaryVector"] as const;
    await db.collections.create({
      collectionName: "narrow",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          ...types.map((type) => ({ fieldName: type, dataType: type, nullable: true, elementTypeParams: { dim: 8 } })),
        ],
      },
      indexParams: types.map((type) => ({
        fieldName: type,
        indexName: type,
        metricType: type === "BinaryVector" ? "HAMMING" : "L2",
      })),
    });
    const vectorOf = (type: string, id: number) =>
      type === "BinaryVector" ? [id] : Array.from({ length: 8 }, (_, i) => (i * id) % 5);
    const rows = [1, 2, 3, 4, 5, 6].map((id) => ({
      id,
      ...Object.fromEntries(types.map((type, i) => [type, id > i + 3 ? null : vectorOf(type, id)])),
    }));
    await db.entities.insert({ collectionName: "narrow", data: rows });
    await browser.go(`${url}/#/default/narrow/map`);
    for (const [i, type] of types.entries()) {
      await browser.until(/coloured by/);
      await browser.choose(".map select", type);
      await browser.until(new RegExp(`${i + 3} rows; the map shows \\d+ % of their spread`));
    }
  });

  it("measures recall, and shows schema, partitions and memory", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/recall`);
    await browser.until(/Measure/);
    await browser.click("button", "Measure");
    await browser.until(/100\.0 %\s+recall at 10: 500 of 500/);
    await browser.go(`${url}/#/default/book/schema`);
    expect(await browser.until(/In the index/)).toMatch(/VarChar \(max_length 65535/);
    await browser.go(`${url}/#/default/book/partitions`);
    await browser.until(/_default\s+300\s+loaded/);
    await browser.go(`${url}/#/default/*memory`);
    await browser.until(/Segments in memory[\s\S]*book\s+_default\s+v\s+300/);
  });

  it("changes what its buttons say, asks before something is lost, and shows what the rules refuse", async () => {
    const { db, url } = await served();
    await library(db);
    await browser.go(`${url}/#/default/book/partitions`);
    await browser.until(/_default/);
    await browser.click("td button", "Drop");
    await browser.until(/will be gone for good/);
    await browser.click("dialog button.danger", "Drop");
    await browser.until(/Drop was refused\s[\s\S]*\d+: /);
    await browser.key("Escape");
    await browser.click(".title button", "Release");
    await browser.until(/300 rows, not loaded/);
    await browser.go(`${url}/#/default/book/rows`);
    await browser.until(/101: .*not loaded/);
    await browser.click(".title button", "Load");
    await browser.until(/300 rows, loaded/);
    await browser.until(/the white whale/);
    await browser.type("#filter", "year >= 1990");
    await browser.until(/Delete these rows/);
    await browser.click("button", "Delete these rows");
    await browser.until(/All rows that the filter selects/);
    await browser.click("dialog button.danger", "Delete");
    await browser.until(/195 rows, loaded/);
    // Dropped by somebody else while it is looked at.
    await db.collections.drop({ collectionName: "book" });
    await browser.until(/book is not there any more/);
    await browser.until(/^(?![\s\S]*195 rows)/);
  });

  it("takes 250 columns and a text of 60 KB", async () => {
    const { db, url } = await served();
    const fields = Array.from({ length: 250 }, (_, i) => ({ fieldName: `column_${i}`, dataType: "Int32" }));
    await db.collections.create({
      collectionName: "wide",
      schema: {
        fields: [
          { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 9 } },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 65535 } },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          ...fields,
        ],
      },
      indexParams: [{ fieldName: "v", metricType: "L2" }],
    });
    const columns = Object.fromEntries(fields.map(({ fieldName }, i) => [fieldName, i]));
    const data = Array.from({ length: 50 }, (_, i) => ({
      ...columns,
      id: `k"${i}`,
      text: "x".repeat(60_000),
      v: [i, 0],
    }));
    await db.entities.insert({ collectionName: "wide", data });
    await browser.go(`${url}/#/default/wide/rows`);
    await browser.until(/column_249/);
    await browser.click("td button", 'k"7');
    await browser.until(/x{60000}/);
    await browser.click("dialog button.danger", "Delete");
    await browser.until(/The row will be gone/);
    await browser.click("dialog dialog button.danger", "Delete");
    await browser.until(/49 rows, loaded/);
  });

  it("finds and deletes rows by keys with spaces and signs, by addresses that change; names are names, whatever they are", async () => {
    const { db, url } = await served();
    await db.collections.create({
      collectionName: "odd",
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "valueOf", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 90 } },
          { fieldName: "__proto__", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [{ fieldName: "__proto__", metricType: "L2" }],
    });
    const keys = [" lead ", "a\"b'c\\d\ne\u2028f", "?#%20&=+/", "\u202e\ud83d\ude00"];
    const row = (key: string, i: number, more: string) =>
      `{"valueOf":${JSON.stringify(key)},"__proto__":[${i},1]${more}}`;
    const rows = keys.map((key, i) => row(key, i, i === 0 ? ',"constructor":"own","toString":1' : ""));
    await db.entities.insert({ collectionName: "odd", data: rows.map((text) => JSON.parse(text)) });
    await browser.go(`${url}/#/default/odd/rows`);
    const shown = await browser.until(/constructor[\s\S]*own/);
    expect(shown).not.toMatch(/native code|\{\}/);
    for (const key of keys) {
      await browser.go(`${url}/#/default/odd/search?like=${encodeURIComponent(key)}`);
      const typed = `document.querySelector("#like")?.value`;
      await expect.poll(() => browser.value(typed)).toBe(key);
      await browser.click("button", "Search");
      await browser.until(/4 hits in/);
      const nearest = `document.querySelector("tbody tr td button").textContent`;
      await expect.poll(() => browser.value(nearest)).toBe(key.replace(/\s+/g, " "));
    }
    await browser.go(`${url}/#/default/odd/rows`);
    // The hits have buttons of the same names.
    await expect.poll(() => browser.value(`document.querySelector("#like") === null`)).toBe(true);
    const names = () => browser.value("[...document.querySelectorAll('td button')].map((e) => e.textContent)");
    for (const name of keys.map((key) => key.replace(/\s+/g, " "))) {
      await expect.poll(names).toContain(name);
      await browser.click("td button", name);
      await browser.click("dialog button.danger", "Delete");
      await browser.until(/The row will be gone/);
      await browser.click("dialog dialog button.danger", "Delete");
      await expect.poll(names).not.toContain(name);
    }
    await browser.until(/0 rows, loaded/);
  });

  it("draws a row that is alone, and has nothing beside the page on a narrow screen", async () => {
    const { db, url } = await served();
    await db.collections.create({ collectionName: "one", dimension: 4 });
    await db.entities.insert({ collectionName: "one", data: [{ id: 1, vector: [1, 2, 3, 4] }] });
    await browser.send("Emulation.setDeviceMetricsOverride", {
      width: 320,
      height: 640,
      deviceScaleFactor: 1,
      mobile: false,
    });
    const beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    for (const [part, said] of [
      ["one/map", /^1 row$/m],
      ["one/rows", /1 row\n/],
      ["one/search", /The id of the row/],
      ["one/schema", /In the index/],
      ["one/partitions", /_default/],
      ["one/recall", /Measure/],
      ["*memory", /Segments in memory[\s\S]*one/],
    ] as const) {
      await browser.go(`${url}/#/default/${part}`);
      await browser.until(said);
      expect([part, await browser.value(beside)]).toEqual([part, 0]);
    }
    await browser.send("Emulation.clearDeviceMetricsOverride");
  });

  it("asks for a password, keeps it in memory only, and says when it is wrong", async () => {
    const { db, url } = await served({ auth: { users: { ann: "geheim-ö" } } }, {});
    await library(db, 5);
    await browser.go(url);
    await browser.until(/Sign in/);
    const signIn = async (password: string) => {
      await browser.type("input[name=user]", "ann");
      await browser.type("input[name=password]", password);
      await browser.key("Enter");
    };
    await signIn("wrong");
    await browser.until(/1800: /);
    await signIn("geheim-ö");
    const text = await browser.until(/5 rows, loaded/);
    expect(text).toContain("to look at only");
    expect(await browser.value("JSON.stringify([localStorage, sessionStorage, document.cookie])")).not.toMatch(
      /geheim/,
    );
    await browser.go(`${url}/#/default/book/rows`);
    expect(await browser.until(/the white whale/)).not.toMatch(/Release|Drop|Delete/);
    await browser.click("button", "Sign out");
    await browser.until(/Password or API key/);
  });

  it("shows a server by its handle, and says what it cannot know of one", async () => {
    const { db, url: server } = await served();
    await library(db);
    const remote = await Elanus.open(server);
    atEnd(() => remote.close());
    const { url } = await remote.listen({ port: 0, page: { exchange: (secret) => secret === "s" || undefined } });
    await browser.go(`${url}/#secret=s`);
    expect(await browser.until(/300 rows, loaded/)).toContain(`${server}, to look at only`);
    await browser.go(`${url}/#/default/book/rows`);
    await browser.until(/9007199254740994/);
    await browser.type("#filter", "year >= 1990");
    await browser.until(/105 rows/);
    await browser.type("#filter", "year >= ");
    await browser.until(/no viable alternative/);
    expect(await browser.value("document.querySelector('mark').previousSibling.textContent")).toBe("year >= ");
    await browser.go(`${url}/#/default/book/search?like=9007199254740995`);
    await browser.until(/The id of the row/);
    await browser.click("button", "Search");
    expect(await browser.until(/10 hits in/)).toMatch(/distance\s[\s\S]*9007199254740995\s+0\s/);
    await browser.go(`${url}/#/default/book/map`);
    await browser.until(/300 rows; the map shows/);
    await browser.go(`${url}/#/default/book/schema`);
    await browser.until(/VarChar \(max_length 65535/);
    await browser.go(`${url}/#/default/book/partitions`);
    await browser.until(/_default\s+300\s+loaded/);
    await browser.go(`${url}/#/default/book/recall`);
    await browser.until(/Measure/);
    await browser.click("button", "Measure");
    await browser.until(/100\.0 %\s+recall at 10/);
    await browser.go(`${url}/#/default/*memory`);
    await browser.until(/3000: .*what a server has in memory it does not tell/);
  });

  it("elanus studio lets in once by each address, and changes nothing without --write", async () => {
    const path = temporaryPath();
    const made = await Elanus.open(path);
    await library(made, 5);
    await made.close();
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const said: string[] = [];
    const running = runCommand(
      ["studio", path],
      () => stopped,
      (text) => said.push(text),
    );
    atEnd(async () => stop());
    await expect.poll(() => said.length).toBe(1);
    const [, address = "", url = ""] = /((http:\S+)\/#secret=\S+)/.exec(said[0] as string) ?? [];
    await browser.go(address);
    await browser.until(/5 rows, loaded/);
    expect(await browser.value("location.href")).toBe(`${url}/`);
    expect(said[1]).toMatch(/the next one is http/);
    await browser.send("Page.reload");
    await browser.until(/5 rows, loaded/);
    const dropped = `fetch("/v2/vectordb/collections/drop", { method: "POST", body: '{"collectionName":"book"}', headers: { authorization: "Bearer " + sessionStorage.getItem("elanus-session") } }).then((r) => r.json())`;
    expect(await browser.value(dropped)).toMatchObject({ code: 3000 });
    await browser.value("sessionStorage.clear()");
    await browser.go("about:blank");
    await browser.go(address);
    await browser.until(/has been used already/);
    stop();
    expect((await running).code).toBe(0);
  });
});
