import type { ByteSource } from "./byte-source.js";
import { FileFault } from "./file-fault.js";

/** A line of cells. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** The line of the file in which it begins, from 1. */
  readonly line: number;
}

const MOST_CHARACTERS = 256 * 1024 * 1024;

/**
 * The records of a CSV file as RFC 4180 has it, piece by piece: a cell with a quote in it that it does not begin with is refused.
 * Empty lines are no records.
 */
export async function* csvRecords(source: ByteSource, separator: string): AsyncGenerator<readonly CsvRecord[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parser = new CsvParser(separator);
  for (;;) {
    const piece = await source.next();
    const records = parser.add(
      decoded(decoder, piece, () => parser.line),
      piece === undefined,
    );
    if (records.length > 0) yield records;
    if (piece === undefined) return;
  }
}

function decoded(decoder: InstanceType<typeof TextDecoder>, piece: Buffer | undefined, line: () => number): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw new FileFault("contains invalid UTF-8", `behind line ${line()}`);
  }
}

class CsvParser {
  /** The line in which the next record begins. */
  line = 1;
  readonly #separator: string;
  readonly #end: RegExp;
  #text = "";
  #at = 0;

  constructor(separator: string) {
    this.#separator = separator;
    this.#end = new RegExp(`[\\n${separator.replace(/[\\\]^-]/, "\\$&")}]`, "g");
  }

  /** @param last nothing comes behind it. @throws FileFault */
  add(text: string, last: boolean): readonly CsvRecord[] {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    if (this.#text.length > MOST_CHARACTERS) throw this.#fault(`a row has more than ${MOST_CHARACTERS} characters`);
    const records: CsvRecord[] = [];
    while (this.#at < this.#text.length) {
      const empty = this.#emptyLine();
      if (empty > 0) {
        this.#at += empty;
        this.line++;
        continue;
      }
      const cells = this.#record(last);
      if (cells === undefined) break;
      records.push(cells);
    }
    return records;
  }

  #emptyLine(): number {
    const c = this.#text[this.#at];
    return c === "\n" ? 1 : c === "\r" && this.#text[this.#at + 1] === "\n" ? 2 : 0;
  }

  /** The record that begins here; undefined when it does not end in what has been read. */
  #record(last: boolean): CsvRecord | undefined {
    const cells: string[] = [];
    let at = this.#at;
    for (;;) {
      const cell = this.#text[at] === '"' ? this.#quoted(at, last) : this.#plain(at, last);
      if (cell === undefined) return undefined;
      cells.push(cell.text);
      at = cell.end + 1;
      if (this.#text[cell.end] === this.#separator) {
        // A cell that is empty because nothing more has been read yet.
        if (at >= this.#text.length && !last) return undefined;
        continue;
      }
      const { line } = this;
      this.line += newlines(this.#text, this.#at, at);
      this.#at = Math.min(at, this.#text.length);
      return { cells, line };
    }
  }

  /** @returns the cell and where its separator stands */
  #plain(from: number, last: boolean): { text: string; end: number } | undefined {
    this.#end.lastIndex = from;
    const found = this.#end.exec(this.#text);
    if (found === null && !last) return undefined;
    const end = found === null ? this.#text.length : found.index;
    const isLineEnd = end === this.#text.length || this.#text[end] === "\n";
    const text = this.#text.slice(from, isLineEnd && this.#text[end - 1] === "\r" ? Math.max(from, end - 1) : end);
    if (text.includes('"')) throw this.#fault('bare " in non-quoted field', from);
    return { text, end };
  }

  #quoted(from: number, last: boolean): { text: string; end: number } | undefined {
    const text = this.#text;
    let close = from;
    let escaped = false;
    for (;;) {
      close = text.indexOf('"', close + 1);
      if (close < 0) {
        if (!last) return undefined;
        throw this.#fault('the quote of a cell is never closed: extraneous or missing " in quoted-field', from);
      }
      if (text[close + 1] !== '"') break;
      escaped = true;
      close++;
    }
    let end = close + 1;
    // Whether the quote closes the cell is seen by what follows.
    if (end + 1 >= text.length && !last) return undefined;
    if (text[end] === "\r" && (text[end + 1] === "\n" || end + 1 >= text.length)) end++;
    if (end < text.length && text[end] !== "\n" && text[end] !== this.#separator) {
      throw this.#fault('extraneous or missing " in quoted-field', from);
    }
    const inside = text.slice(from + 1, close);
    return { text: escaped ? inside.replaceAll('""', '"') : inside, end };
  }

  #fault(text: string, at = this.#at): FileFault {
    return new FileFault(
      `failed to parse row, error: ${text}`,
      `line ${this.line + newlines(this.#text, this.#at, at)}`,
    );
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = text.indexOf("\n", from); i >= 0 && i < to; i = text.indexOf("\n", i + 1)) count++;
  return count;
}
