/**
 * Goes through the members of a JSON object's text, in order, without reading their values:
 * `while (members.next()) ... text.slice(members.start, members.end)`.
 */
export class JsonMembers {
  readonly text: string;
  /** Where the member (`"key":value`) begins, its value begins, and both end. */
  start = 0;
  value = 0;
  end: number;
  #keyEnd = 0;
  #first = true;

  /** @param text a valid JSON object */
  constructor(text: string) {
    this.text = text;
    this.end = text.indexOf("{") + 1;
  }

  /** @returns false when there are no more */
  next(): boolean {
    const { text } = this;
    let at = skipSpace(text, this.end);
    if (!this.#first) {
      if (text.charCodeAt(at) !== COMMA) return false;
      at = skipSpace(text, at + 1);
    }
    this.#first = false;
    if (text.charCodeAt(at) !== QUOTE) return false;
    this.start = at;
    this.#keyEnd = stringEnd(text, at);
    this.value = skipSpace(text, skipSpace(text, this.#keyEnd) + 1);
    this.end = valueEnd(text, this.value);
    return true;
  }

  get key(): string {
    const { text, start } = this;
    const inside = text.slice(start + 1, this.#keyEnd - 1);
    return inside.includes("\\") ? (JSON.parse(text.slice(start, this.#keyEnd)) as string) : inside;
  }
}

/** The text of an object with only the members of some keys; the text itself when that is all of them. */
export function keepMembers(text: string, keys: ReadonlySet<string>): string {
  return chosenMembers(text, keys, true);
}

/** The text of an object without the members of some keys; the text itself when there are none. */
export function dropMembers(text: string, keys: ReadonlySet<string>): string {
  return chosenMembers(text, keys, false);
}

function chosenMembers(text: string, keys: ReadonlySet<string>, chosen: boolean): string {
  const members = new JsonMembers(text);
  let kept = "";
  let all = true;
  while (members.next()) {
    if (keys.has(members.key) !== chosen) all = false;
    else kept += kept === "" ? text.slice(members.start, members.end) : `,${text.slice(members.start, members.end)}`;
  }
  return all ? text : `{${kept}}`;
}

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Behind the closing quote of the string that opens at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

/** Behind the value that begins at `from`. */
function valueEnd(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return stringEnd(text, from);
  let at = from;
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === COMMA || code === CLOSE_OBJECT || isSpace(code)) break;
    }
    return at;
  }
  let depth = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) depth++;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
    at++;
    if (depth === 0) break;
  }
  return at;
}
