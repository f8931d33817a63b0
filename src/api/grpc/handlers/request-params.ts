import { misplacedParameters, refuseMisplacedParameter } from "../../../engine/contract/future-fields.js";
import { failure } from "../../../errors.js";
import { parseJson } from "../../../values/json-reader.js";
import type { Times } from "../columns/times.js";
import type { Received } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { recordOf } from "./parts.js";

const NOTHING: readonly string[] = [];

/** The parameters of a search or query: texts by key. */
export class RequestParams {
  readonly #texts: Readonly<Record<string, string>>;

  constructor(pairs: readonly Received<"KeyValuePair">[]) {
    this.#texts = recordOf(pairs);
  }

  /** Undefined for a key that is absent or empty. */
  text(key: string): string | undefined {
    return this.#texts[key] || undefined;
  }

  /** @throws ParameterUnreadable */
  integer(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const number = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(number)) throw failure("ParameterUnreadable", { name: key, value: text });
    return number;
  }

  /** The parts of a text between commas; none where it is absent. */
  list(key: string): readonly string[] {
    const text = this.text(key);
    return text === undefined ? NOTHING : text.split(",").filter((part) => part.trim() !== "");
  }

  /** `true`, `True` and their like; anything else is no. */
  flag(key: string): boolean {
    const text = this.text(key);
    return text !== undefined && /^(?:true|1|t)$/i.test(text);
  }

  /**
   * Tuning parameters: those in the JSON object `params`, and those beside it that it lacks: some clients send each twice.
   *
   * @param own keys that are no tuning parameters
   * @throws InvalidParameter for `params` that is no JSON object, Unsupported for what has a key of its own beside it, and stands in `params` alone
   */
  tuning(own: ReadonlySet<string>): Readonly<Record<string, unknown>> {
    const tuning: Record<string, unknown> = Object.create(null);
    for (const [key, text] of Object.entries(this.#texts)) if (!own.has(key)) tuning[key] = scalarOf(text);
    const given = tuningOf(this.text("params"));
    for (const key of given.misplaced) if (this.text(key) === undefined) refuseMisplacedParameter(key);
    return Object.assign(tuning, given.tuning);
  }
}

/** What clients send with their searches again and again, and what is in it; nobody changes that. */
let known: (Tuning & { readonly text: string }) | undefined;

interface Tuning {
  readonly tuning: Readonly<Record<string, unknown>>;
  /** Keys of what has a key of its own beside it. */
  readonly misplaced: readonly string[];
}

/** Longer texts are not kept. */
const KEPT_CHARACTERS = 1024;

/** @throws InvalidParameter */
function tuningOf(text: string | undefined): Tuning {
  if (known !== undefined && known.text === text) return known;
  const tuning = jsonObject("params", text);
  const misplaced = misplacedParameters(tuning);
  if (text !== undefined && text.length <= KEPT_CHARACTERS) known = { text, tuning, misplaced };
  return { tuning, misplaced };
}

/** A number where the text is one, else the text. */
function scalarOf(text: string): unknown {
  const trimmed = text.trim();
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
  return text;
}

/** Numbers in it may be quoted. @throws InvalidParameter */
export function jsonObject(name: string, text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = parseJson(text, "number");
  } catch (cause) {
    throw failure("InvalidParameter", { text: `${name} is no JSON object: ${text}` }, cause);
  }
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw failure("InvalidParameter", { text: `${name} is no JSON object: ${text}` });
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, typeof item === "string" ? scalarOf(item) : item]),
  );
}

/** @throws Unsupported for parameters that would change the answer and are not done */
export function refuseParams(params: RequestParams, keys: readonly string[]): void {
  for (const key of keys) {
    if (params.text(key) !== undefined) {
      throw failure("Unsupported", { what: `${key} is not supported by the embedded engine` });
    }
  }
}

/** The zone of points in time, as a part of a request to the engine. */
export function timeZoneOf(params: RequestParams): { readonly timezone?: string } {
  const timezone = params.text("timezone");
  return timezone === undefined ? {} : { timezone };
}

/** How points in time are written: `time_fields` asks for parts of them. */
export function timesOf(params: RequestParams, timeZone: string | undefined): Times {
  return { timeZone, parts: params.text("time_fields")?.split(/[, ]+/).filter(Boolean) };
}

/** Iterators name the collection by its id as well, so that they notice when it is another one now. @throws CollectionChanged */
export function checkCollectionId(
  purpose: "entities/query" | "entities/search",
  params: RequestParams,
  collection: { readonly dbName?: string; readonly collectionName: string },
  call: RpcCall,
): Promise<void> | undefined {
  const id = params.integer("collection_id");
  if (id === undefined || id <= 0) return undefined;
  return call.look(purpose, "collections/describe", collection).then(({ facts }) => {
    const actual = facts?.[0]?.id;
    if (actual !== undefined && actual !== id) throw failure("CollectionChanged", { asked: id, actual });
  });
}
