import { AnalyzerError, type TokenFilter } from "./token.js";

/** A row of a list of synonyms: words that stand for one another, or (`=>`) words and what stands for each of them. */
interface Row {
  readonly words: readonly string[];
  /** Undefined: they stand for one another. */
  readonly become: readonly string[] | undefined;
}

/**
 * Puts the synonyms of a word into its place, or beside it: `expand` (default) keeps the word, and of a group all words stand for each;
 * without it the first word of a group stands for all, and what a word is mapped to replaces it.
 *
 * @throws AnalyzerError
 */
export function synonymFilter({ synonyms = [], expand = true }: Readonly<Record<string, unknown>>): TokenFilter {
  if (typeof expand !== "boolean") throw new AnalyzerError("create synonym filter failed, `expand` must be bool");
  if (!Array.isArray(synonyms)) throw new AnalyzerError("create synonym filter failed, `synonyms` must be array");
  const known = new Map<string, Set<string>>();
  const add = (word: string, others: readonly string[]): void => {
    const all = known.get(word) ?? new Set(expand ? [word] : []);
    for (const other of others) all.add(other);
    known.set(word, all);
  };
  for (const row of synonyms as readonly unknown[]) {
    if (typeof row !== "string") {
      throw new AnalyzerError("create synonym filter failed, item in `synonyms` must be string");
    }
    const { words, become } = readRow(row);
    for (const word of words) add(word, become ?? (expand ? words : words.slice(0, 1)));
  }
  return (tokens) =>
    tokens.flatMap((token) => {
      const found = known.get(token.text);
      return found === undefined || found.size === 0 ? [token] : Array.from(found, (text) => ({ ...token, text }));
    });
}

/** What stands for itself behind a backslash. */
const ESCAPED = [",", "\\", " ", "=>"];

/** @throws AnalyzerError */
function readRow(row: string): Row {
  const sides: string[][] = [[]];
  let word = "";
  let ended = false;
  const end = (): void => {
    if (word !== "") sides.at(-1)?.push(word);
    word = "";
    ended = false;
  };
  for (let at = 0; at < row.length; ) {
    const rest = row.slice(at, at + 3);
    if (rest.startsWith(" ")) {
      ended = word !== "";
      at++;
    } else if (rest.startsWith(",")) {
      end();
      at++;
    } else if (rest.startsWith("=>")) {
      if (sides.length > 1) throw new AnalyzerError(`read synonym dict failed, has more than one "=>" in ${row}`);
      end();
      sides.push([]);
      at += 2;
    } else {
      const text = rest.startsWith("\\") ? escapedAt(row, at + 1) : rest.slice(0, 1);
      if (ended && !rest.startsWith("\\")) {
        throw new AnalyzerError(
          `read synonym dict failed, has space between words ${row}, please use \\ to escape space`,
        );
      }
      word += text;
      at += text.length + (rest.startsWith("\\") ? 1 : 0);
    }
  }
  end();
  const [words = [], become] = sides;
  return { words, become };
}

function escapedAt(row: string, at: number): string {
  if (at >= row.length) throw new AnalyzerError(`invalid synonym escaped in the end: ${row}`);
  const escaped = ESCAPED.find((text) => row.startsWith(text, at));
  if (escaped === undefined) throw new AnalyzerError(`invalid synonym escaped: \\${row[at]} in ${row}`);
  return escaped;
}
