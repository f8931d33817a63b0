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
  let drawn = 0;
  const stop = db.onProgress((event) => {
    const line = progressLine(event);
    draw(`\r${line.padEnd(drawn)}`);
    drawn = line.length;
  });
  try {
    return await work();
  } finally {
    stop();
    if (drawn > 0) draw(`\r${" ".repeat(drawn)}\r`);
  }
}

/** `load default.book [#######-------] 52 %` */
export function progressLine(event: ProgressEvent): string {
  const done =
    event.kind !== "build" ? event.progress / 100 : event.totalRows === 0 ? 1 : event.indexedRows / event.totalRows;
  const full = Math.round(done * WIDTH);
  const what = `${event.database}.${event.collection}${event.kind === "load" ? "" : `.${event.field}`}`;
  return `${event.kind} ${what} [${"#".repeat(full)}${"-".repeat(WIDTH - full)}] ${Math.floor(done * 100)} %`;
}
