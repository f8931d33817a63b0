import type { ByteSource } from "./byte-source.js";
import { ByteWindow } from "./byte-window.js";
import { FileFault } from "./file-fault.js";

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** The text of one object of a file. */
export interface ObjectText {
  readonly text: string;
  /** Its place among the rows, from 1. */
  readonly row: number;
  readonly line: number;
}

/** Objects that are handed over together: what has been read of the file. */
type Objects = AsyncGenerator<readonly ObjectText[]>;

/** Stands behind what opens a list of rows. */
const ROWS_KEY = /^\s*\{\s*"((?:[^"\\]|\\.)*)"\s*:\s*\[/;
/** So much of a file is looked at to find out what it is. */
const HEAD_BYTES = 4096;

/** The objects of a JSON file: of a list, or of the list `rows` of an object. */
export async function* listedObjects(source: ByteSource): Objects {
  const window = new ByteWindow(source);
  while (window.bytes.length < HEAD_BYTES && (await window.grow()));
  const head = window.bytes.toString("latin1", 0, HEAD_BYTES);
  const first = head.trimStart()[0];
  if (first === "[") window.drop(head.indexOf("[") + 1);
  else if (first === "{") {
    const [opening, key] = ROWS_KEY.exec(head) ?? [];
    const shown = key ?? /^\s*\{\s*"([^"]{0,60})/.exec(head)?.[1] ?? "";
    if (shown.toLowerCase() !== "rows") {
      throw new FileFault(`invalid JSON format, the root key should be 'rows', but get '${shown}'`);
    }
    if (opening === undefined) throw new FileFault(`invalid JSON format, '${shown}' should be a list of rows`);
    window.drop(opening.length);
  } else {
    throw new FileFault(
      first === undefined ? "the file is empty" : "invalid JSON format, the content should be started with '{' or '['",
    );
  }
  yield* objects(window, true);
  await requireEnd(window, first === "{");
}

/** The objects of a file that has nothing but objects, one behind the other. */
export async function* followingObjects(source: ByteSource): Objects {
  yield* objects(new ByteWindow(source), false);
}

/** @param listed until the list ends; else until the file does */
async function* objects(window: ByteWindow, listed: boolean): Objects {
  const scan = new ObjectScan();
  let row = 1;
  let wantsComma = false;
  for (let more = true; more; ) {
    const found: ObjectText[] = [];
    let at = 0;
    let line = window.lineAt(0);
    let counted = 0;
    for (;;) {
      const start = scan.begun ? scan.start : skipSpace(window.bytes, at);
      const c = window.bytes[start];
      at = start;
      if (c === undefined) break;
      const place = () => `row ${row}, line ${window.lineAt(start)}`;
      if (!scan.begun) {
        if (c === COMMA && (wantsComma || !listed)) {
          wantsComma = false;
          at = start + 1;
          continue;
        }
        if (c === CLOSE_LIST && listed) {
          window.drop(start + 1);
          if (found.length > 0) yield found;
          return;
        }
        if (c !== OPEN_OBJECT) throw noObject(window.bytes, start, place());
        if (wantsComma && listed) throw new FileFault("invalid JSON format, a comma is missing in front", place());
      }
      const end = scan.endOf(window.bytes, start);
      if (end < 0) break;
      line += newlines(window.bytes, counted, start);
      counted = start;
      try {
        found.push({ text: window.text(start, end), row, line });
      } catch (error) {
        throw error instanceof FileFault ? new FileFault(error.message, place()) : error;
      }
      row++;
      at = end;
      wantsComma = true;
    }
    window.drop(at);
    scan.moved(at);
    if (found.length > 0) yield found;
    more = await window.grow();
  }
  if (scan.begun || listed) {
    throw new FileFault(
      "invalid JSON format, the file ends in the middle",
      `row ${row}, line ${window.lineAt(window.bytes.length)}`,
    );
  }
}

/** Finds the end of an object, also when it comes in pieces. */
class ObjectScan {
  start = 0;
  #at = 0;
  #depth = 0;
  #inText = false;

  /** In the middle of an object. */
  get begun(): boolean {
    return this.#depth > 0;
  }

  /** Behind the object that begins at `start`; -1 when there is more to come. */
  endOf(bytes: Buffer, start: number): number {
    if (!this.begun) {
      this.start = start;
      this.#at = start;
    }
    let at = this.#at;
    while (at < bytes.length) {
      if (this.#inText) {
        const quote = bytes.indexOf(QUOTE, at);
        if (quote < 0) {
          at = bytes.length;
          break;
        }
        at = quote + 1;
        // The window holds the whole object: what stands before the quote can be looked at.
        if (backslashesBefore(bytes, quote) % 2 === 0) this.#inText = false;
        continue;
      }
      const c = bytes[at++];
      if (c === QUOTE) this.#inText = true;
      else if (c === OPEN_OBJECT || c === OPEN_LIST) this.#depth++;
      else if (c === CLOSE_OBJECT || c === CLOSE_LIST) {
        if (--this.#depth === 0) return at;
      }
    }
    this.#at = at;
    return -1;
  }

  /** The window has let go of what lies before a position. */
  moved(by: number): void {
    this.start -= by;
    this.#at -= by;
  }
}

function backslashesBefore(bytes: Buffer, end: number): number {
  let count = 0;
  while (bytes[end - 1 - count] === BACKSLASH) count++;
  return count;
}

function newlines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let i = bytes.indexOf(10, from); i >= 0 && i < to; i = bytes.indexOf(10, i + 1)) count++;
  return count;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (let c = bytes[at]; c === 32 || c === 10 || c === 13 || c === 9; c = bytes[++at]);
  return at;
}

function noObject(bytes: Buffer, at: number, place: string): FileFault {
  const c = String.fromCharCode(bytes[at] ?? 0);
  const kind =
    c === '"'
      ? "string"
      : c === "["
        ? "[]interface {}"
        : /[-0-9]/.test(c)
          ? "json.Number"
          : /[tf]/.test(c)
            ? "bool"
            : c === "n"
              ? "<nil>"
              : undefined;
  return kind === undefined
    ? new FileFault(`invalid JSON format, '${c}' stands where a row should begin`, place)
    : new FileFault(`invalid JSON format, each row should be a key-value map, but got type ${kind}`, place);
}

/** What may stand behind the rows: the end of the object that has them, and space. */
async function requireEnd(window: ByteWindow, inObject: boolean): Promise<void> {
  let open = inObject;
  for (;;) {
    const at = skipSpace(window.bytes, 0);
    const c = window.bytes[at];
    if (c === undefined) {
      if (await window.grow()) continue;
      if (open) throw new FileFault("invalid JSON format, the file ends in the middle");
      return;
    }
    // Other keys of the object are not looked at.
    if (open && c === COMMA) {
      while (await window.grow()) window.drop(Math.max(0, window.bytes.length - HEAD_BYTES));
      if (window.bytes.toString("latin1").trimEnd().endsWith("}")) return;
      throw new FileFault("invalid JSON format, the file ends in the middle");
    }
    if (!open || c !== CLOSE_OBJECT) {
      throw new FileFault("invalid JSON format, something stands behind the rows", `line ${window.lineAt(at)}`);
    }
    open = false;
    window.drop(at + 1);
  }
}
