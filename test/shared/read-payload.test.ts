import { serialize } from "node:v8";
import { expect, it } from "vitest";
import { readPayload } from "../../src/shared/read-payload.js";

it("gives bytes that begin where numbers may, wherever they lay in a message", () => {
  for (let i = 0; i < 24; i++) {
    const numbers = new Float32Array([1.5, 2.5]);
    const message = {
      text: "x".repeat(i),
      bytes: new Uint8Array(numbers.buffer),
      numbers,
      buffer: Buffer.from("abc"),
      view: new DataView(new ArrayBuffer(3)),
    };
    const payload = Buffer.from(new Uint8Array(serialize(message)).buffer);
    const read = readPayload(payload) as typeof message;
    expect(read).toEqual(message);
    const { buffer, byteOffset } = read.bytes;
    expect([...new Float32Array(buffer as ArrayBuffer, byteOffset, 2)]).toEqual([1.5, 2.5]);
  }
});
