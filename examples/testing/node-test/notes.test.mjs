// node --test examples/testing/node-test
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startMilvus } from "elanus/testing";
import { Notes } from "../notes.mjs";

let milvus;
let notes;

before(async () => {
  milvus = await startMilvus();
  notes = new Notes(await milvus.client());
});
beforeEach(() => notes.prepare());
afterEach(() => milvus.reset());
after(() => milvus.close());

test("finds what a note is about", async () => {
  await notes.add("sailing", [1, 0, 0]);
  await notes.add("cooking", [0, 1, 0]);
  assert.deepEqual(await notes.find([0.9, 0.1, 0], 1), ["sailing"]);
});

test("begins with nothing", async () => {
  assert.deepEqual(await notes.find([1, 0, 0]), []);
});

test("tries again where the server is busy", async () => {
  const busy = milvus.fail("entities/insert", { code: 8, times: 2 });
  await notes.add("sailing", [1, 0, 0]);
  assert.equal(busy.hits, 2);
  assert.deepEqual(await notes.find([1, 0, 0]), ["sailing"]);
});
