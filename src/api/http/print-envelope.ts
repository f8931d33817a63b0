import { Slices } from "../../values/slices.js";
import { quotedKey, stringifyJson } from "../json.js";
import { LazyRows } from "../rows/lazy-rows.js";
import type { Envelope } from "../surface.js";
import type { BodyPieces } from "./message.js";

/** Characters after which the clock is looked at. */
const CHARACTERS_PER_LOOK = 16 * 1024;

/**
 * Prints an envelope as JSON. A large one is printed in slices, between which the event loop runs.
 *
 * @param still called after each pause; throws when nobody waits any more
 */
export function printEnvelope(envelope: Envelope, still: () => void): BodyPieces | Promise<BodyPieces> {
  const left = pieces(envelope);
  const slices = new Slices();
  const first = printSlice(left, slices);
  return first.done ? first.text : printOn(left, slices, first.text, still);
}

async function printOn(
  left: Iterator<string>,
  slices: Slices,
  first: string,
  still: () => void,
): Promise<readonly Uint8Array[]> {
  const printed = [Buffer.from(first)];
  for (;;) {
    await slices.next();
    still();
    const { text, done } = printSlice(left, slices);
    printed.push(Buffer.from(text));
    if (done) return printed;
  }
}

/** Prints until the slice is over. */
function printSlice(left: Iterator<string>, slices: Slices): { readonly text: string; readonly done: boolean } {
  let text = "";
  let lookAt = CHARACTERS_PER_LOOK;
  for (let piece = left.next(); piece.done !== true; piece = left.next()) {
    text += piece.value;
    if (text.length < lookAt) continue;
    if (slices.over) return { text, done: false };
    lookAt = text.length + CHARACTERS_PER_LOOK;
  }
  return { text, done: true };
}

function* pieces(envelope: Envelope): Generator<string> {
  let front = "{";
  for (const key of Object.keys(envelope)) {
    const value = envelope[key];
    if (value === undefined) continue;
    front += `${front === "{" ? "" : ","}${quotedKey(key)}:`;
    if (!(value instanceof LazyRows)) {
      front += stringifyJson(value);
      continue;
    }
    front += "[";
    for (const row of value.texts()) {
      yield front + row;
      front = ",";
    }
    // Nothing but an opened list is left where there were no rows.
    front = front === "," ? "]" : `${front}]`;
  }
  yield `${front}}`;
}
