import type { RecordBatch, StoredColumn, StoredValue } from "../engine/contract/column.js";
import { FileFault } from "./file-fault.js";
import type { CsvForm, RowWriter } from "./file-format.js";
import type { FileShape } from "./file-shape.js";
import { fileTexts, type TextReader } from "./value-texts.js";

/** Lines of cells under a line of names. */
export class CsvWriter implements RowWriter {
  readonly #form: CsvForm;
  readonly #columns: readonly StoredColumn[];
  readonly #special: RegExp;
  /** Fields of which a cell with the text for null is read as one. */
  readonly #optional: ReadonlySet<string>;

  /** @param columns what the rows have, without rows */
  constructor(columns: readonly StoredColumn[], { fields }: FileShape, form: CsvForm) {
    this.#form = form;
    this.#optional = new Set(fields.filter(({ optional }) => optional).map(({ name }) => name));
    this.#columns = columns;
    const { separator } = form;
    this.#special = new RegExp(`["\\r\\n${separator.replace(/[\\\]^-]/, "\\$&")}]`);
  }

  begin(): Uint8Array {
    return Buffer.from(this.#line(fileTexts(this.#columns).map(({ name }) => name)));
  }

  rows(batch: RecordBatch): Uint8Array {
    const readers = fileTexts(batch.columns).map(({ column, read }) => this.#sure(column, cellsOf(column, read)));
    let text = "";
    for (let row = 0; row < batch.rowCount; row++) text += this.#line(readers.map((read) => read(row)));
    return Buffer.from(text);
  }

  end(): Uint8Array {
    return Buffer.alloc(0);
  }

  /** No value may read as null. */
  #sure(column: StoredColumn | undefined, read: TextReader): TextReader {
    if (column === undefined || !this.#optional.has(column.name)) return read;
    const { nullText } = this.#form;
    return (row) => {
      const cell = read(row);
      if (cell !== nullText) return cell;
      throw new FileFault(
        `field '${column.name}' has the value '${cell}', which stands for null: choose another nullkey`,
      );
    };
  }

  #line(cells: readonly (string | undefined)[]): string {
    const { separator, nullText } = this.#form;
    const shown = cells.map((cell) => (cell === undefined ? nullText : this.#special.test(cell) ? quoted(cell) : cell));
    // A line with nothing in it would be none.
    return `${shown.length === 1 && shown[0] === "" ? '""' : shown.join(separator)}\n`;
  }
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/** Types whose JSON is a text: a cell has what stands in it. */
const TEXTS: ReadonlySet<string> = new Set(["VarChar", "Text", "Geometry", "Timestamptz"]);

function cellsOf(column: StoredColumn | undefined, read: TextReader): TextReader {
  if (column === undefined || !TEXTS.has(column.type)) return read;
  if (column.type !== "Timestamptz") {
    const values = column.values as readonly StoredValue[];
    return (row) => values[row]?.toString();
  }
  return (row) => {
    const text = read(row);
    return text === undefined ? undefined : (JSON.parse(text) as string);
  };
}
