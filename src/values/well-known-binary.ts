import { failure } from "../errors.js";

/** Geometries in geometries; deeper ones are none that anybody draws. */
const MAX_DEPTH = 16;

const NAMES: Readonly<Record<number, string>> = {
  1: "POINT",
  2: "LINESTRING",
  3: "POLYGON",
  4: "MULTIPOINT",
  5: "MULTILINESTRING",
  6: "MULTIPOLYGON",
  7: "GEOMETRYCOLLECTION",
};

/**
 * The text (WKT) of a geometry that came as bytes (WKB). Two dimensions; either byte order.
 *
 * @throws InvalidParameter for bytes that are no such geometry
 */
export function wktOf(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  const text = geometry(reader, 0);
  if (!reader.atEnd) throw unreadable();
  return text;
}

function geometry(reader: BinaryReader, depth: number): string {
  if (depth >= MAX_DEPTH) throw unreadable();
  reader.byteOrder();
  const type = reader.uint32();
  const name = NAMES[type];
  if (name === undefined) throw unreadable();
  const body = bodyOf(type, reader, depth);
  return body === undefined ? `${name} EMPTY` : `${name} ${body}`;
}

/** What stands behind the name; undefined for an empty geometry. */
function bodyOf(type: number, reader: BinaryReader, depth: number): string | undefined {
  switch (type) {
    case 1: {
      const point = reader.position();
      return point === undefined ? undefined : `(${point})`;
    }
    case 2:
      return line(reader);
    case 3:
      return list(reader.count(4), () => line(reader) ?? "EMPTY");
    default:
      return list(reader.count(5), () => {
        const part = geometry(reader, depth + 1);
        // Parts of a collection keep their names, those of the others have only one.
        return type === 7 ? part : part.slice(part.indexOf(" ") + 1);
      });
  }
}

function line(reader: BinaryReader): string | undefined {
  return list(reader.count(16), () => reader.position() ?? "NaN NaN");
}

function list(count: number, item: () => string): string | undefined {
  return count === 0 ? undefined : `(${Array.from({ length: count }, item).join(", ")})`;
}

class BinaryReader {
  readonly #view: DataView;
  #at = 0;
  #little = true;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#view.byteLength;
  }

  byteOrder(): void {
    const order = this.#view.getUint8(this.#take(1));
    if (order > 1) throw unreadable();
    this.#little = order === 1;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), this.#little);
  }

  /** A number of things that take at least so many bytes each: no more than there is room for. */
  count(bytesEach: number): number {
    const count = this.uint32();
    if (count * bytesEach > this.#view.byteLength - this.#at) throw unreadable();
    return count;
  }

  /** `x y`; undefined for the empty point, which is two times no number. */
  position(): string | undefined {
    const x = this.#view.getFloat64(this.#take(8), this.#little);
    const y = this.#view.getFloat64(this.#take(8), this.#little);
    return Number.isNaN(x) && Number.isNaN(y) ? undefined : `${x} ${y}`;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#view.byteLength) throw unreadable();
    this.#at += bytes;
    return at;
  }
}

function unreadable(): Error {
  return failure("InvalidParameter", { text: "the bytes are no geometry (WKB)" });
}
