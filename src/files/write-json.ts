import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import type { RowWriter } from "./file-format.js";
import { fileTexts, type TextReader } from "./value-texts.js";

/** `.json`: a list of objects, one per line. */
export class JsonWriter implements RowWriter {
  #any = false;

  begin(): Uint8Array {
    return Buffer.from("[");
  }

  rows(batch: RecordBatch): Uint8Array {
    let text = "";
    const row = rowTexts(batch.columns);
    for (let i = 0; i < batch.rowCount; i++) {
      text += `${this.#any ? "," : ""}\n${row(i)}`;
      this.#any = true;
    }
    return Buffer.from(text);
  }

  end(): Uint8Array {
    return Buffer.from("\n]\n");
  }
}

/** `.ndjson`: an object per line. */
export class JsonLinesWriter implements RowWriter {
  begin(): Uint8Array {
    return Buffer.alloc(0);
  }

  rows(batch: RecordBatch): Uint8Array {
    const row = rowTexts(batch.columns);
    let text = "";
    for (let i = 0; i < batch.rowCount; i++) text += `${row(i)}\n`;
    return Buffer.from(text);
  }

  end(): Uint8Array {
    return Buffer.alloc(0);
  }
}

function rowTexts(columns: readonly StoredColumn[]): (row: number) => string {
  const dynamic = columns.find((column) => column.dynamic === true);
  const fields = fileTexts(columns.filter((column) => column !== dynamic)).map(({ name, column, read }) => ({
    key: `${JSON.stringify(name)}:`,
    read: column?.type === "JSON" ? jsonText(read) : read,
  }));
  const loose = dynamic?.values as readonly string[] | undefined;
  return (row) => {
    let text = "";
    for (const { key, read } of fields) text += `${text === "" ? "" : ","}${key}${read(row) ?? "null"}`;
    const meta = loose?.[row] ?? "{}";
    return meta === "{}" ? `{${text}}` : `{${text},${meta.slice(1)}`;
  };
}

/** Of JSON fields only objects are taken as they are; everything else stands in a text. */
function jsonText(read: TextReader): TextReader {
  return (row) => {
    const text = read(row);
    return text === undefined || text.startsWith("{") ? text : JSON.stringify(text);
  };
}
