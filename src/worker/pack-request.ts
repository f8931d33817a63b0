import { types } from "node:util";
import { failure } from "../errors.js";
import { dateMilliseconds, isPlainObject, kindOf, saidValue, typedArrayName } from "../values/js-value.js";
import { JsonDouble } from "../values/json-number.js";
import { thrownText } from "../values/shown-text.js";
import { TYPED_ARRAY_NAMES, TYPED_ARRAYS } from "../values/typed-arrays.js";

export interface PackedRequest {
  readonly request: object;
  /** To be handed over with it. */
  readonly transfer: ArrayBuffer[];
}

/**
 * A copy of a request that means the same in another thread. A clone alone would not do: it takes the class from objects (what
 * a `toJSON` would say of them), lets foreign ones become `{}`, and copies the whole buffer behind every typed array. So
 * entities become plain, and the contents of their typed arrays lie in one fresh buffer; the caller's own stay usable.
 *
 * @param path of the operation
 * @throws BadRow for entities, MalformedRequest for query vectors with values that no thread could read
 */
export function packRequest(path: string, request: object): PackedRequest {
  const isWrite = WRITES.has(path);
  try {
    const { data, columns } = request as { data?: unknown; columns?: { columns?: unknown } };
    const list = columns?.columns;
    const parts = [data, list].filter((part) => Array.isArray(part));
    if (parts.length === 0) return { request, transfer: [] };
    const room = new Room(parts);
    const packed = {
      ...request,
      ...(Array.isArray(data)
        ? { data: data.map((item) => (isWrite ? pack(item, room) : packQuery(item, room))) }
        : {}),
      ...(Array.isArray(list) ? { columns: { ...columns, columns: list.map((column) => pack(column, room)) } } : {}),
    };
    return { request: packed, transfer: room.transfer };
  } catch (error) {
    throw failure(isWrite ? "BadRow" : "MalformedRequest", { detail: `json: ${thrownText(error)}` }, error);
  }
}

const WRITES: ReadonlySet<string> = new Set(["entities/insert", "entities/upsert"]);

const ALIGNMENT = 8;

/** What has been looked at, by what came: what is used at many places is looked at once, whatever it leads to. */
type Looked = Map<object, unknown>;

/** One buffer for the typed arrays of all rows. */
class Room {
  readonly looked: Looked = new Map();
  readonly #buffer: ArrayBuffer;
  #used = 0;

  constructor(parts: readonly (readonly unknown[])[]) {
    let size = 0;
    for (const part of parts) {
      for (const row of part) {
        for (const value of typedArrayName(row) === undefined ? valuesOf(row) : [row]) {
          if (typedArrayName(value) !== undefined) size += aligned((value as Uint8Array).byteLength);
        }
      }
    }
    this.#buffer = new ArrayBuffer(size);
  }

  get transfer(): ArrayBuffer[] {
    return this.#used === 0 ? [] : [this.#buffer];
  }

  /** A view of the same kind with the same contents. */
  move(view: Uint8Array, View: (typeof TYPED_ARRAYS)[number]): unknown {
    const { buffer, byteOffset, byteLength, length } = view;
    const offset = this.#used;
    this.#used += aligned(byteLength);
    new Uint8Array(this.#buffer, offset, byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    return new View(this.#buffer, offset, length);
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function valuesOf(row: unknown): readonly unknown[] {
  return typeof row === "object" && row !== null && !Array.isArray(row) ? Object.values(row) : [];
}

/** A row, a column or a query vector; the typed arrays of its own values move to `room`. */
function pack(value: unknown, room: Room): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return plain(value, 0, room.looked);
  const name = typedArrayName(value);
  if (name !== undefined) return move(value, name, room);
  // Not by assignment: `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const itemName = typedArrayName(item);
      return [key, itemName === undefined ? plain(item, 0, room.looked) : move(item, itemName, room)];
    }),
  );
}

/** What is no plain object, as a row may be, is no sparse vector either. */
function packQuery(given: unknown, room: Room): unknown {
  const value = saidValue(given);
  const isForeign = typeof value === "object" && value !== null && !isPlainObject(value);
  return isForeign && typedArrayName(value) === undefined ? plain(value, 0, room.looked) : pack(value, room);
}

function move(view: unknown, name: string, room: Room): unknown {
  const View = TYPED_ARRAYS[TYPED_ARRAY_NAMES.indexOf(name)];
  return View === undefined ? view : room.move(view as Uint8Array, View);
}

/** Somewhat more than the engine takes, so that it is the engine that says so, but for what no clone could be made of. */
const MAX_DEPTH = 1000;

/** Stands for what is being looked at: who meets it again has gone in a circle. */
const UNFINISHED = Symbol("unfinished");

/** A value that says the same after a clone; itself, where nothing is to be changed. */
function plain(value: unknown, depth: number, looked: Looked): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw new TypeError(`${kindOf(value)} is no JSON value`);
  if (typeof value !== "object" || value === null) return value;
  const known = looked.get(value);
  if (depth > MAX_DEPTH || known === UNFINISHED) throw new TypeError("nested more than 990 deep");
  if (known !== undefined) return known;
  looked.set(value, UNFINISHED);
  const made = Array.isArray(value) ? plainList(value, depth, looked) : plainObject(value, depth, looked);
  looked.set(value, made);
  return made;
}

function plainObject(value: object, depth: number, looked: Looked): unknown {
  const said = saidValue(value);
  if (typedArrayName(value) !== undefined || value instanceof JsonDouble) return value;
  if (dateMilliseconds(value) !== undefined) return value;
  if (said !== value) return plain(said, depth + 1, looked);
  if (!isPlainObject(value)) throw new TypeError(`${kindOf(value)} is no JSON value`);
  const entries = Object.entries(value);
  let changed = types.isProxy(value) || types.isArgumentsObject(value);
  for (const entry of entries) {
    const item = plain(entry[1], depth + 1, looked);
    if (item !== entry[1]) changed = true;
    entry[1] = item;
  }
  return changed ? Object.fromEntries(entries) : value;
}

/** No request holds more; an array may claim to, and be empty. */
const MOST_ITEMS = 2 ** 26;

function plainList(list: readonly unknown[], depth: number, looked: Looked): readonly unknown[] {
  if (list.length > MOST_ITEMS) throw new TypeError(`a list of ${list.length} values is too long`);
  let copy: unknown[] | undefined = types.isProxy(list) ? [...list] : undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    // Most are vectors.
    if (typeof item === "number") continue;
    const made = plain(item, depth + 1, looked);
    if (made === item) continue;
    copy ??= [...list];
    copy[i] = made;
  }
  return copy ?? list;
}
