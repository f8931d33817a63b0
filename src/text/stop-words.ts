import { SNOWBALL_STOP_WORDS } from "./snowball-stop-words.js";

/** The English list of Lucene, which the `english` analyzer and `_english_` use. */
const ENGLISH =
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with";

export const ENGLISH_STOP_WORDS: readonly string[] = ENGLISH.split(" ");

const NAMED = /^_([a-z]+)_$/;

/**
 * The words of a stop list: names of languages (`_english_`) stand for their lists, everything else for itself, also
 * what looks like a name and is none.
 */
export function expandStopWords(words: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  for (const word of words) {
    const language = NAMED.exec(word)?.[1];
    const list = language === undefined ? undefined : listOf(language);
    for (const item of list ?? [word]) all.add(item);
  }
  return all;
}

function listOf(language: string): readonly string[] | undefined {
  if (language === "english") return ENGLISH_STOP_WORDS;
  return Object.hasOwn(SNOWBALL_STOP_WORDS, language) ? SNOWBALL_STOP_WORDS[language]?.split(" ") : undefined;
}
