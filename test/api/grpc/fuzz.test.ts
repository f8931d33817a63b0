import fc from "fast-check";
import { expect, it } from "vitest";
import { decode, encode, type MessageName, messages } from "../../../src/api/grpc/messages/table.js";
import { MalformedMessage, MessageTooLarge } from "../../../src/api/grpc/wire/failure.js";
import { cpuTime } from "../../support/cpu-time.js";
import { arbitraryMessage } from "./arbitrary-message.js";

/** 1,000,000 in the long run. */
const INPUTS = Number(process.env["ELANUS_FUZZ_INPUTS"] ?? 20_000);
const MUTATIONS = 50;
/** Of processor time. */
const SLOW_MS = 5000;

/** mulberry32: fast, and the same on every machine. */
function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Cut, flipped, doubled, swapped, or with lengths and tags that are out of all proportion. */
function damaged(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = random(copy.length + 1);
  switch (random(6)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      for (let flips = 1 + random(4); flips > 0 && copy.length > 0; flips--) {
        const where = random(copy.length);
        copy[where] = (copy[where] as number) ^ (1 << random(8));
      }
      return copy;
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy, copy.subarray(at)]);
    case 3:
      return Buffer.concat([copy.subarray(at), copy.subarray(0, at)]);
    case 4:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f].slice(random(5))),
        copy.subarray(at),
      ]);
    default:
      for (let where = at; where < Math.min(copy.length, at + 1 + random(8)); where++) copy[where] = random(256);
      return copy;
  }
}

it(`${INPUTS} damaged messages: read or refused, never anything else`, { timeout: 3_600_000 }, () => {
  const seed = Number(process.env["ELANUS_SEED"] ?? 20_26);
  const random = randomSource(seed);
  const names = Object.keys(messages) as MessageName[];
  const outcomes = { read: 0, refused: 0 };
  for (let round = 0; outcomes.read + outcomes.refused < INPUTS; round++) {
    const name = names[round % names.length] as MessageName;
    const [message] = fc.sample(arbitraryMessage(name), { numRuns: 1, seed: seed + round });
    const bytes = encode(name, message as never);
    for (let mutation = 0; mutation < MUTATIONS; mutation++) {
      const input =
        random(10) === 0 ? Buffer.from(Array.from({ length: random(64) }, () => random(256))) : damaged(bytes, random);
      const began = cpuTime();
      try {
        decode(name, input);
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof MalformedMessage) && !(error instanceof MessageTooLarge)) {
          throw new Error(`${name} ${input.toString("hex")} (seed ${seed})`, { cause: error });
        }
        outcomes.refused++;
      }
      expect(cpuTime() - began, `${name} ${input.toString("hex")}`).toBeLessThan(SLOW_MS);
    }
  }
  expect(outcomes.read).toBeGreaterThan(INPUTS / 20);
  expect(outcomes.refused).toBeGreaterThan(INPUTS / 20);
});
