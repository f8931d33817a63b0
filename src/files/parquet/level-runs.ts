import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";

/** Levels of the entries of a page, as runs of the same one: entries of a vector are one run, however many they are. */
export class LevelRuns {
  #bytes = new ByteWriter();
  #level = 0;
  #count = 0;

  add(level: number, count = 1): void {
    if (count === 0) return;
    if (level === this.#level) {
      this.#count += count;
      return;
    }
    this.#flush();
    this.#level = level;
    this.#count = count;
  }

  /** What stands in a page, its length in front; begins anew. */
  take(): Uint8Array {
    this.#flush();
    const runs = this.#bytes.getBytes();
    const whole = new ByteWriter();
    whole.appendUint32(runs.length);
    whole.appendBytes(runs);
    this.#bytes = new ByteWriter();
    this.#level = 0;
    return whole.getBytes();
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#bytes.appendVarInt(this.#count << 1);
    // Levels are less than 256.
    this.#bytes.appendUint8(this.#level);
    this.#count = 0;
  }
}
