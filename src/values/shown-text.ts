import { dateMilliseconds, isHugeInteger, isList, kindOf, MAX_INTEGER_DIGITS } from "./js-value.js";
import { JsonDouble } from "./json-number.js";

/** Deeper parts are left out. */
const MAX_DEPTH = 8;

/**
 * A value as it came, for messages: JSON where it is JSON, else as near as can be (`NaN`, `[Function f]`, `[Map]`). Looks
 * at no more of the value than it shows, and never throws. A text stands without quotes.
 *
 * @param limit characters that are shown at most, before `...`
 */
export function shownText(value: unknown, limit = 200): string {
  let text = "";
  if (typeof value === "string") text = value;
  else {
    try {
      for (const part of parts(value, 0)) {
        text += part;
        if (text.length > limit) break;
      }
    } catch {
      // A getter or a Proxy has thrown.
      text += "[unreadable]";
    }
  }
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** The text piece by piece, so that a long one is not made to its end. */
function* parts(value: unknown, depth: number): Generator<string> {
  if (typeof value === "string") yield JSON.stringify(value.length > 1000 ? value.slice(0, 1000) : value);
  else if (typeof value === "object" && value !== null) yield* objectParts(value, depth);
  else yield scalarText(value);
}

function scalarText(value: unknown): string {
  if (typeof value === "function") return `[Function ${value.name || "(anonymous)"}]`;
  if (typeof value === "bigint" && isHugeInteger(value)) return `[integer of more than ${MAX_INTEGER_DIGITS} digits]`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function* objectParts(value: object, depth: number): Generator<string> {
  if (value instanceof JsonDouble) return yield value.source ?? value.toString();
  const date = dateMilliseconds(value);
  if (date !== undefined) return yield Number.isNaN(date) ? "[invalid Date]" : `"${new Date(date).toISOString()}"`;
  if (depth > MAX_DEPTH) return yield "...";
  if (isList(value)) {
    yield "[";
    for (let i = 0; i < value.length; i++) {
      if (i > 0) yield ",";
      yield* parts(value[i] ?? null, depth + 1);
    }
    return yield "]";
  }
  const kind = kindOf(value);
  if (kind !== "an Object") return yield `[${kind.replace(/^an? /, "")}]`;
  yield "{";
  let first = true;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined) continue;
    yield `${first ? "" : ","}${JSON.stringify(key)}:`;
    first = false;
    yield* parts(item, depth + 1);
  }
  yield "}";
}

/** What was thrown, in words: it may be anything. */
export function thrownText(thrown: unknown): string {
  try {
    const { message } = thrown as { message?: unknown };
    if (typeof message === "string") return shownText(message);
  } catch {
    // Shown as far as it goes.
  }
  return shownText(thrown);
}
