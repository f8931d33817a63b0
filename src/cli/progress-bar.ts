import type { Elanus, ProgressEvent } from "../index.js";
import type { TerminalLine } from "./io.js";

const MOST_BAR = 30;
const LEAST_BAR = 5;
/** Of a terminal that does not say how many it has. */
const COLUMNS = 80;

/** A line that rewrites itself. */
export interface OwnLine {
  /** What one line holds: one more would begin the next. */
  readonly columns: number;
  show(text: string): void;
  clear(): void;
}

/**
 * Shows loads and graph builds as one line that rewrites itself, and takes it away at the end.
 *
 * @param terminal where it is shown; undefined: nowhere
 */
export async function withProgressBar<T>(
  db: Pick<Elanus, "onProgress">,
  terminal: TerminalLine | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (terminal === undefined) return work();
  const line = ownLine(terminal);
  const stop = db.onProgress((event) => line.show(progressLine(event, line.columns)));
  try {
    return await work();
  } finally {
    stop();
    line.clear();
  }
}

/** @param terminal where it is shown; undefined: nowhere */
export function ownLine(terminal: TerminalLine | undefined): OwnLine {
  let drawn = 0;
  const columns = (): number => (terminal?.columns || COLUMNS) - 1;
  return {
    get columns() {
      return columns();
    },
    show(text) {
      const shown = cut(text, columns());
      terminal?.write(`\r${shown.padEnd(Math.min(drawn, columns()))}`);
      drawn = shown.length;
    },
    clear() {
      if (drawn > 0) terminal?.write(`\r${" ".repeat(Math.min(drawn, columns()))}\r`);
      drawn = 0;
    },
  };
}

/** `load default.book [#######-------] 52 %` */
export function progressLine(event: ProgressEvent, columns: number): string {
  const done =
    event.kind !== "build" ? event.progress / 100 : event.totalRows === 0 ? 1 : event.indexedRows / event.totalRows;
  const what = `${event.database}.${event.collection}${event.kind === "load" ? "" : `.${event.field}`}`;
  return barText(`${event.kind} ${what}`, done, "", columns);
}

/**
 * What is done and how much of it: where a line holds little, with a shorter bar or none, then with a part of the name.
 *
 * @param done 0 to 1
 * @param more stands behind it
 */
export function barText(what: string, done: number, more: string, columns: number): string {
  const end = ` ${Math.floor(done * 100)} %${more}`;
  const name = cut(what, columns - end.length);
  const size = Math.min(MOST_BAR, columns - name.length - end.length - " []".length);
  if (size < LEAST_BAR) return `${name}${end}`;
  const full = Math.round(done * size);
  return `${name} [${"#".repeat(full)}${"-".repeat(size - full)}]${end}`;
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
