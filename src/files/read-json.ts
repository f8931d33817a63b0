import { parseJson } from "../values/json-reader.js";
import type { ByteSource } from "./byte-source.js";
import { atPlace, FileFault } from "./file-fault.js";
import type { FileRows, RowReader } from "./file-format.js";
import type { FileShape } from "./file-shape.js";
import { followingObjects, listedObjects, type ObjectText } from "./json-objects.js";
import { type FileRow, RowBatch } from "./row-batch.js";

/** Rows that go on together: they are written without a turn of the event loop between them. */
const BATCH_ROWS = 512;
const BATCH_CHARACTERS = 512 * 1024;

/** `.json`: a list of objects, or an object with a list `rows`. */
export const readJson: RowReader = (source, shape) => readObjects(listedObjects(source), shape);

/** `.ndjson`: objects one behind the other. */
export const readJsonLines: RowReader = (source: ByteSource, shape) => readObjects(followingObjects(source), shape);

async function* readObjects(pieces: AsyncGenerator<readonly ObjectText[]>, shape: FileShape): AsyncGenerator<FileRows> {
  for await (const texts of pieces) {
    for (let from = 0; from < texts.length; ) {
      const to = endOfBatch(texts, from);
      yield readBatch(texts.slice(from, to), shape);
      from = to;
    }
  }
}

function endOfBatch(texts: readonly ObjectText[], from: number): number {
  let characters = 0;
  let to = from;
  while (to < texts.length && to - from < BATCH_ROWS && characters < BATCH_CHARACTERS) {
    characters += (texts[to] as ObjectText).text.length;
    to++;
  }
  return to;
}

function readBatch(texts: readonly ObjectText[], shape: FileShape): FileRows {
  const batch = new RowBatch(shape, texts.length);
  const place = (i: number): string => placeOf(texts[i] as ObjectText);
  for (const [i, { text }] of texts.entries()) {
    try {
      batch.add(parsed(text));
    } catch (error) {
      throw atPlace(error, () => place(i));
    }
  }
  return { columns: batch.finish(), place };
}

function placeOf({ row, line }: ObjectText): string {
  return `row ${row}, line ${line}`;
}

function parsed(text: string): FileRow {
  try {
    return parseJson(text) as FileRow;
  } catch (error) {
    // The line that it tells is one of the row's.
    const message = (error as Error).message.replace(/ \(line \d+ column \d+\)$/, "");
    throw new FileFault(`invalid JSON format, ${message}`);
  }
}
