import { AsciiText, NUMBER_BYTES } from "./ascii-text.js";

const text = new AsciiText();

/** A float32 vector as JSON text: each element as `String(shortestFloat(element))`. */
export function floatVectorText(vector: Float32Array): string {
  text.begin(vector.length * (NUMBER_BYTES + 1) + 2);
  text.text("[");
  for (let i = 0; i < vector.length; i++) {
    if (i > 0) text.text(",");
    text.float32(vector[i] as number);
  }
  text.text("]");
  return text.end();
}
