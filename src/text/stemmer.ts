import { createRequire } from "node:module";
import { BoundedMap } from "../values/bounded-map.js";
import { AnalyzerError } from "./token.js";

/** Snowball stemmers, loaded on first use; English is Porter2. */

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);

interface Snowball {
  newStemmer(language: string): { stem(word: string): string };
}

const LANGUAGES: readonly string[] = [
  "arabic",
  "danish",
  "dutch",
  "english",
  "finnish",
  "french",
  "german",
  "greek",
  "hungarian",
  "italian",
  "norwegian",
  "portuguese",
  "romanian",
  "russian",
  "spanish",
  "swedish",
  "tamil",
  "turkish",
];

/** Milvus stems Greek too; the library does not. */
const MISSING: readonly string[] = ["greek"];

const MAX_KEPT = 20_000;

/**
 * @param language in any case
 * @throws AnalyzerError
 */
export function stemmerOf(language: string): (word: string) => string {
  const name = language.toLowerCase();
  if (!LANGUAGES.includes(name)) {
    throw new AnalyzerError(`create stemmer failed : unsupport language: ${language}`);
  }
  if (MISSING.includes(name)) {
    throw new AnalyzerError(`create stemmer failed : ${language} is not supported by the embedded engine`);
  }
  const snowball = requireBundled("snowball-stemmers") as Snowball;
  const stemmer = snowball.newStemmer(name);
  // Stemming a word takes microseconds, and texts repeat their words.
  const known = new BoundedMap<string, string>({ entries: MAX_KEPT });
  return (word) => known.getOrMake(word, () => stemmer.stem(word));
}
