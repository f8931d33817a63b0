// What the quickstart prints: calls, envelopes, and digits drawn with half-block characters.
import { WIDTH } from "./mnist.mjs";

const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export function heading(text) {
  console.log(`\n${paint("1", `== ${text}`)}`);
}

/** JSON on one line: long arrays and strings are cut, and int64 beyond 2^53 keeps its digits. */
export function brief(value) {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value);
    const numbers = items.length > 6 && items.every((item) => typeof item !== "object");
    const shown = items.length <= 3 ? items.length : numbers ? 5 : 2;
    const texts = items.slice(0, shown).map(brief);
    if (shown < items.length) texts.push(`... ${items.length} in all`);
    return `[${texts.join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `"${key}": ${brief(item)}`)
      .join(", ")}}`;
  }
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  return JSON.stringify(value);
}

export function printCall(path, body) {
  console.log(`${paint("36", "->")} POST ${path.replace("/v2/vectordb", "")} ${paint("2", brief(body))}`);
}

export function printEnvelope(envelope) {
  console.log(`${paint(envelope.code === 0 ? "32" : "33", "<-")} ${brief(envelope)}`);
}

// The digit fills the middle of the 28 x 28 image; the margin is left out.
const LEFT = 4;
const RIGHT = WIDTH - 4;
const TOP = 4;
const BOTTOM = WIDTH - 4;
const INK = 0.35;
const GAP = "   ";

/** One line of text per two rows of pixels. */
function drawLines(vector) {
  const lines = [];
  for (let y = TOP; y < BOTTOM; y += 2) {
    let line = "";
    for (let x = LEFT; x < RIGHT; x++) {
      const upper = vector[y * WIDTH + x] > INK;
      const lower = vector[(y + 1) * WIDTH + x] > INK;
      line += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    lines.push(line);
  }
  return lines;
}

/** How many digits fit beside each other in this terminal. */
export function digitsPerLine() {
  return Math.max(2, Math.floor((process.stdout.columns ?? 100) / (RIGHT - LEFT + GAP.length)));
}

/** Draws digits beside each other, each with its caption below: `{ vector, caption }`. */
export function drawDigits(digits) {
  const pictures = digits.map(({ vector }) => drawLines(vector));
  for (let line = 0; line < pictures[0].length; line++) {
    console.log(`   ${pictures.map((picture) => picture[line]).join(GAP)}`);
  }
  console.log(`   ${digits.map(({ caption }) => caption.padEnd(RIGHT - LEFT)).join(GAP)}`);
}
