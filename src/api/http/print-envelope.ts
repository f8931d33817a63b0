import { Slices } from "../../values/slices.js";
import { stringifyJson } from "../json.js";
import { LazyRows } from "../rows/lazy-rows.js";
import type { Envelope } from "../surface.js";
import type { BodyPieces } from "./message.js";

/**
 * Prints an envelope as JSON. A large one is printed in slices, between which the event loop runs.
 *
 * @param still called after each pause; throws when nobody waits any more
 */
export async function printEnvelope(envelope: Envelope, still: () => void): Promise<BodyPieces> {
  const slices = new Slices();
  const done: Uint8Array[] = [];
  let text = "";
  for (const piece of pieces(envelope)) {
    text += piece;
    if (!slices.over) continue;
    done.push(Buffer.from(text));
    text = "";
    await slices.next();
    still();
  }
  if (done.length === 0) return text;
  done.push(Buffer.from(text));
  return done;
}

function* pieces(envelope: Envelope): Generator<string> {
  let front = "{";
  for (const [key, value] of Object.entries(envelope)) {
    if (value === undefined) continue;
    front += `${front === "{" ? "" : ","}${JSON.stringify(key)}:`;
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
