import { expect, it } from "vitest";
import { type Form, payloadOf, readPayload } from "../../src/shared/payload.js";

it.each<Form>(["own", "common"])("gives bytes that begin where numbers may, wherever they lay: %s form", (form) => {
  for (let i = 0; i < 24; i++) {
    const numbers = new Float32Array([1.5, 2.5]);
    const message = {
      text: "x".repeat(i),
      bytes: new Uint8Array(numbers.buffer),
      numbers,
      buffer: Buffer.from("abc"),
      view: new DataView(new ArrayBuffer(3)),
    };
    const payload = Buffer.from(new Uint8Array(payloadOf(message, form)).buffer);
    const read = readPayload(payload) as typeof message;
    expect({ ...read, buffer: Buffer.from(read.buffer) }).toEqual(message);
    const { buffer, byteOffset } = read.bytes;
    expect([...new Float32Array(buffer as ArrayBuffer, byteOffset, 2)]).toEqual([1.5, 2.5]);
  }
});
