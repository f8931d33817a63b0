import { UsageError } from "../arguments.js";

/** The words of a line as a shell reads them: apart by spaces, quoted with '...' or "...", `\` before a single character. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (quote !== "") {
      if (character === quote) quote = "";
      else if (character === "\\" && quote === '"' && i + 1 < line.length) word += line[++i] as string;
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\" && i + 1 < line.length) word = `${word ?? ""}${line[++i]}`;
    else if (!/\s/.test(character)) word = `${word ?? ""}${character}`;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== "") throw new UsageError(`a ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}
