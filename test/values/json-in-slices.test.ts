import fc from "fast-check";
import { expect, it } from "vitest";
import { parseLongJson } from "../../src/values/json-in-slices.js";
import { parseFirstJson } from "../../src/values/json-prefix.js";
import { turnsOf } from "../support/turns.js";

function inOneStretch(text: string): unknown {
  try {
    return parseFirstJson(text);
  } catch (error) {
    return (error as Error).message;
  }
}

const inSlices = (text: string) => parseLongJson(text).catch((error: Error) => error.message);

const row = (id: number) =>
  `{"id": ${id}, "s": "a,]}\\"${id}", "v": [${Array.from({ length: 300 }, (_, i) => i / 7)}]}`;
const rows = (count: number) => Array.from({ length: count }, (_, id) => row(id)).join(", ");

it.each([
  ["rows", `{"collectionName": "c", "data": [${rows(200)}]} behind it`],
  ["one list of numbers", `{"ids":[${Array.from({ length: 100_000 }, (_, i) => i)}],"x":{"y":[1,{"z":"}"}]}}`],
  [
    "one list of texts",
    `{"t" : [ ${Array.from({ length: 9000 }, (_, i) => `"text ${i} \\" , ] "`).join(" , ")} ] , "n":null }`,
  ],
  ["elements longer than a piece", `{"data":[${Array.from({ length: 3 }, () => `[${"1.0,".repeat(40_000)}1]`)}]}`],
  ["numbers that need care", `{"data":[${"9007199254740993,1.0,".repeat(9000)}0]}`],
  ["keys that are odd", `{"__proto__":[1,2],"a":1,"a":[${rows(3)}],"\\u0061b":[],"":{}}`],
  ["no more than a list", `[${rows(3)}]`],
  ["a comma behind the last", `{"data":[${rows(300)},]}`],
  ["a comma before the first", `{"data":[,${rows(300)}]}`],
  ["a list that does not end", `{"data":[${rows(300)}`],
  ["a list that ends as an object", `{"data":[${rows(300)}}}`],
  ["a text that does not end", `{"data":[${rows(300)},"x]}`],
  ["nothing between two commas", `{"data":[${rows(300)},${" ".repeat(70_000)},${rows(3)}]}`],
  ["a bad number late", `{"data":[${rows(300)},01]}`],
  ["no colon", `{"data" [${rows(3)}]}`],
  ["an empty object", "  { } "],
])("reads what is read in one stretch: %s", async (_name, text) => {
  expect(await inSlices(text)).toEqual(inOneStretch(text));
});

it("reads what is read in one stretch (generated)", async () => {
  const value = fc.json({ maxDepth: 4 });
  const text = fc
    .record({
      members: fc.array(fc.tuple(fc.string(), value), { maxLength: 5 }),
      cut: fc.nat(400),
      whole: fc.boolean(),
    })
    .map(({ members, cut, whole }) => {
      const all = `{${members.map(([key, each]) => `${JSON.stringify(key)}: ${each}`).join(",")}}`;
      return whole ? all : all.slice(0, cut);
    });
  await fc.assert(
    fc.asyncProperty(text, async (each) => {
      expect(await inSlices(each)).toEqual(inOneStretch(each));
    }),
    { numRuns: 300 },
  );
});

it("lets the event loop run", async () => {
  const text = `{"data":[${rows(1500)}]}`;
  const { turns } = await turnsOf(() => parseLongJson(text));
  expect(turns).toBeGreaterThan(1);
});
