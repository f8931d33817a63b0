import { endOfString } from "./json-parser.js";
import { parseJson, parseJsonBytes } from "./json-reader.js";

/**
 * Reads the JSON value that a text begins with. What stands behind it is not looked at: a server, whose decoder reads values
 * from a stream, does not see it either.
 *
 * @throws SyntaxError as `parseJson`
 */
export function parseFirstJson(text: string): unknown {
  return firstOf(
    () => text,
    () => parseJson(text),
  );
}

/** The same for a text that is there as UTF-8. */
export function parseFirstJsonBytes(bytes: Buffer): unknown {
  return firstOf(
    () => bytes.toString("utf8"),
    () => parseJsonBytes(bytes),
  );
}

/** What `parse` reads, unless there is more behind the first value of the text. */
function firstOf(textOf: () => string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    const text = textOf();
    const end = endOfFirstValue(text);
    if (end < 0 || end === text.length) throw error;
    return parseJson(text.slice(0, end));
  }
}

const SCALAR = /[-+.\w]+/y;

/** Behind the value that begins the text; -1 where it does not end. */
function endOfFirstValue(text: string): number {
  const start = text.search(/[^ \t\r\n]/);
  if (start < 0) return -1;
  let depth = 0;
  for (let i = start; i < text.length; ) {
    switch (text[i]) {
      case '"':
        i = endOfString(text, text.indexOf('"', i + 1));
        if (i < 0) return -1;
        break;
      case "{":
      case "[":
        depth++;
        i++;
        break;
      case "}":
      case "]":
        depth--;
        i++;
        break;
      default:
        if (depth > 0) {
          i++;
          continue;
        }
        SCALAR.lastIndex = i;
        return SCALAR.test(text) ? SCALAR.lastIndex : -1;
    }
    if (depth <= 0) return i;
  }
  return -1;
}
