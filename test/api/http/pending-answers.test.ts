import { expect, it } from "vitest";
import { PendingAnswers } from "../../../src/api/http/pending-answers.js";

const LARGE = 1_000_000;

function opened() {
  const state = { time: 0, cuts: 0 };
  const answers = new PendingAnswers(LARGE, 30_000, () => state.time);
  const add = () => answers.add(LARGE, () => state.cuts++);
  return { state, add };
}

it("an answer that does not move for some time gives way to others", () => {
  const { state, add } = opened();
  add();
  let looks = 0;
  for (; add() === undefined; looks++) state.time += 50;
  expect([looks, state.cuts]).toEqual([40, 1]);
});

it("one that moves does not", () => {
  const { state, add } = opened();
  const answer = add();
  for (let i = 0; i < 100; i++) {
    state.time += 50;
    answer?.moved();
    expect(add()).toBeUndefined();
  }
  answer?.done();
  expect(add()).toBeDefined();
  expect(state.cuts).toBe(0);
});

it("nor does one whose client was not heard, because the process was busy with something else", () => {
  const { state, add } = opened();
  add();
  state.time += 60_000;
  expect(add()).toBeUndefined();
  expect(state.cuts).toBe(0);
});
