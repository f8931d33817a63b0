import { invalidParameter } from "../../errors.js";
import { shownText } from "../../values/shown-text.js";
import { quoted } from "./literal.js";

type Alternatives = readonly [holds: string, opposite: string];

/** A pattern of plain characters, maybe at the beginning or the end of the text. */
const PLAIN = /^(\^?)((?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])*)(\$?)$/su;
/** What RE2 calls a flag, too. */
const FLAGS = /^[ims]*$/;

/** A text that has a part. @returns the condition and its opposite */
export function containing(text: string, part: string): Alternatives {
  return like(text, true, part, true);
}

function like(text: string, openStart: boolean, part: string, openEnd: boolean): Alternatives {
  const wanted = quoted(`${openStart ? "%" : ""}${part.replace(/[\\%_]/g, "\\$&")}${openEnd ? "%" : ""}`);
  return [`${text} like ${wanted}`, `not (${text} like ${wanted})`];
}

/**
 * A regular expression over a text. Plain ones become `like`, which every server knows; `=~` has come with Milvus 3.0.
 *
 * @returns the condition and its opposite
 */
export function pattern(text: string, given: unknown, options: string): Alternatives {
  const regex = given instanceof RegExp;
  if (!regex && typeof given !== "string") {
    throw invalidParameter(`$regex of a filter takes a text or a RegExp, not ${shownText(given, 60)}`);
  }
  const source = regex ? given.source : given;
  // A filter asks whether there is a match: where the next one begins, and how characters are counted, is not asked.
  const flags = [...new Set((regex ? given.flags.replace(/[dguvy]/g, "") : "") + options)].join("");
  if (!FLAGS.test(flags)) throw invalidParameter(`a filter knows the flags i, m and s of a pattern, not ${flags}`);
  const plain = PLAIN.exec(source);
  if (plain !== null && flags === "") {
    const [, start, characters, end] = plain as unknown as [string, string, string, string];
    return like(text, start === "", characters.replace(/\\(.)/gsu, "$1"), end === "");
  }
  const regular = quoted(flags === "" ? source : `(?${flags})${source}`);
  return [`${text} =~ ${regular}`, `${text} !~ ${regular}`];
}
