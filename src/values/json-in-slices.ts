import { endOfString } from "./json-parser.js";
import { parseFirstJson } from "./json-prefix.js";
import { parseJson } from "./json-reader.js";
import { Slices } from "./slices.js";

/** Characters of a list that are parsed at once; longer elements are parsed one by one. */
const PIECE = 64 * 1024;

/** The text is no object as it should be, or no JSON: it is read in one stretch, which tells what is wrong. */
class Unlike extends Error {}

/**
 * Reads the JSON value that a long text begins with, as `parseFirstJson`, and lets the event loop run between pieces of the lists
 * that are members of the object: rows, vectors, ids. What else is long is read in one stretch.
 *
 * @throws SyntaxError as `parseFirstJson`
 */
export async function parseLongJson(text: string): Promise<unknown> {
  try {
    return await new LongObject(text).parse();
  } catch (error) {
    if (error instanceof Unlike || error instanceof SyntaxError) return parseFirstJson(text);
    throw error;
  }
}

class LongObject {
  readonly #text: string;
  readonly #slices = new Slices();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  async parse(): Promise<Record<string, unknown>> {
    const object: Record<string, unknown> = {};
    this.#expect("{");
    if (this.#next() === "}") return object;
    for (;;) {
      const key = this.#key();
      this.#expect(":");
      const value = this.#next() === "[" ? await this.#list() : this.#value();
      // An assignment to `__proto__` would make no key.
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      if (this.#next() === "}") return object;
      this.#expect(",");
    }
  }

  /** The next character that is no space. */
  #next(): string | undefined {
    const text = this.#text;
    while (" \t\r\n".includes(text[this.#at] ?? "x")) this.#at++;
    return text[this.#at];
  }

  #expect(character: string): void {
    if (this.#next() !== character) throw new Unlike();
    this.#at++;
  }

  #key(): string {
    if (this.#next() !== '"') throw new Unlike();
    const start = this.#at;
    this.#at = this.#endOfString(start);
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #endOfString(start: number): number {
    const end = endOfString(this.#text, this.#text.indexOf('"', start + 1));
    if (end < 0) throw new Unlike();
    return end;
  }

  /** A member that is no list. */
  #value(): unknown {
    const start = this.#at;
    const structure = /["[\]{},]/g;
    for (let depth = 0; ; ) {
      const mark = this.#find(structure, this.#at);
      const character = this.#text[mark] as string;
      if (depth === 0 && (character === "," || character === "}")) {
        this.#at = mark;
        return parseJson(this.#text.slice(start, mark));
      }
      depth += depthOf(character);
      this.#at = character === '"' ? this.#endOfString(mark) : mark + 1;
    }
  }

  async #list(): Promise<unknown[]> {
    const text = this.#text;
    const list: unknown[] = [];
    const structure = /["[\]{}]/g;
    let at = this.#at + 1;
    let begin = at;
    let pieces = 0;
    const take = (end: number): void => {
      const piece = parseJson(`[${text.slice(begin, end)}]`) as unknown[];
      if (piece.length === 0 && pieces > 0) throw new Unlike();
      for (const element of piece) list.push(element);
      pieces++;
    };
    for (let depth = 0; ; ) {
      const mark = this.#find(structure, at);
      // Between two elements of the list: is the piece long enough?
      while (depth === 0 && begin + PIECE < mark) {
        const comma = text.indexOf(",", Math.max(at, begin + PIECE));
        if (comma < 0 || comma > mark) break;
        take(comma);
        at = comma + 1;
        begin = at;
        if (this.#slices.over) await this.#slices.next();
      }
      const character = text[mark] as string;
      if (depth === 0 && (character === "]" || character === "}")) {
        if (character === "}") throw new Unlike();
        take(mark);
        this.#at = mark + 1;
        return list;
      }
      depth += depthOf(character);
      at = character === '"' ? this.#endOfString(mark) : mark + 1;
    }
  }

  #find(structure: RegExp, from: number): number {
    structure.lastIndex = from;
    if (!structure.test(this.#text)) throw new Unlike();
    return structure.lastIndex - 1;
  }
}

function depthOf(character: string): number {
  if (character === "[" || character === "{") return 1;
  return character === "]" || character === "}" ? -1 : 0;
}
