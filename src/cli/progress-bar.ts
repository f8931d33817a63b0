import type { Elanus, ProgressEvent } from "../index.js";

const WIDTH = 30;

/**
 * Shows loads and graph builds as one line that rewrites itself, and takes it away at the end.
 *
 * @param draw writes to the terminal; undefined when there is none
 */
export async function withProgressBar<T>(
  db: Pick<Elanus, "onProgress">,
  draw: ((text: string) => void) | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (draw === undefined) return work();
  const line = ownLine(draw);
  const stop = db.onProgress((event) => line.show(progressLine(event)));
  try {
    return await work();
  } finally {
    stop();
    line.clear();
  }
}

/** A line of a terminal that rewrites itself; nothing where there is no terminal. */
export function ownLine(draw: ((text: string) => void) | undefined): { show(text: string): void; clear(): void } {
  let drawn = 0;
  return {
    show(text) {
      draw?.(`\r${text.padEnd(drawn)}`);
      drawn = text.length;
    },
    clear() {
      if (drawn > 0) draw?.(`\r${" ".repeat(drawn)}\r`);
      drawn = 0;
    },
  };
}

/** `load default.book [#######-------] 52 %` */
export function progressLine(event: ProgressEvent): string {
  const done =
    event.kind !== "build" ? event.progress / 100 : event.totalRows === 0 ? 1 : event.indexedRows / event.totalRows;
  const what = `${event.database}.${event.collection}${event.kind === "load" ? "" : `.${event.field}`}`;
  return barText(`${event.kind} ${what}`, done);
}

/** @param done 0 to 1 */
export function barText(what: string, done: number): string {
  const full = Math.round(done * WIDTH);
  return `${what} [${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${Math.floor(done * 100)} %`;
}
