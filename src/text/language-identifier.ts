import { loadPackage } from "../runtime/packages.js";
import { optionalPackage } from "./optional-package.js";
import { AnalyzerError, isRecord, type Tokenizer } from "./token.js";

/** Analyzes each text by the analyzer of its language, which the optional package franc-min guesses. */

/** Language names as Milvus spells them, by ISO 639-3 code. */
const LANGUAGES: Readonly<Record<string, string>> = {
  arb: "Arabic",
  ben: "Bengali",
  bul: "Bulgarian",
  ces: "Czech",
  cmn: "Mandarin",
  deu: "German",
  ell: "Greek",
  eng: "English",
  fra: "French",
  guj: "Gujarati",
  hau: "Hausa",
  hin: "Hindi",
  hun: "Hungarian",
  ind: "Indonesian",
  ita: "Italian",
  jav: "Javanese",
  jpn: "Japanese",
  kan: "Kannada",
  kor: "Korean",
  mal: "Malayalam",
  mar: "Marathi",
  nld: "Dutch",
  pan: "Punjabi",
  pes: "Persian",
  pol: "Polish",
  por: "Portuguese",
  ron: "Romanian",
  rus: "Russian",
  spa: "Spanish",
  swe: "Swedish",
  tam: "Tamil",
  tel: "Telugu",
  tgl: "Tagalog",
  tha: "Thai",
  tur: "Turkish",
  ukr: "Ukrainian",
  urd: "Urdu",
  vie: "Vietnamese",
};

/** The identifier `lingua` says Chinese where `whatlang` says Mandarin. */
const IDENTIFIERS: readonly string[] = ["whatlang", "lingua"];

type MakeTokenizer = (params: unknown) => Tokenizer;

interface Franc {
  franc(text: string): string;
}

/** @throws AnalyzerError */
export function languageIdentifier(params: Readonly<Record<string, unknown>>, make: MakeTokenizer): Tokenizer {
  const { analyzers, mapping = {}, identifier = "whatlang" } = params;
  if (analyzers === undefined || analyzers === null) throw new AnalyzerError("analyzers must be set");
  if (!isRecord(analyzers)) throw new AnalyzerError("analyzers must be dict");
  const made = new Map<string, Tokenizer>();
  for (const [name, sub] of Object.entries(analyzers)) {
    if (!isRecord(sub)) throw new AnalyzerError(`sub analyzer "${name}" params must be dict`);
    made.set(name, make(sub));
  }
  const fallback = made.get("default");
  if (fallback === undefined) {
    throw new AnalyzerError("default sub analyzer for language identifier analyzer must be set");
  }
  if (!isRecord(mapping)) throw new AnalyzerError("mapping must be dict");
  if (typeof identifier !== "string" || !IDENTIFIERS.includes(identifier)) {
    throw new AnalyzerError(`unknown identifier name: ${String(identifier)}`);
  }
  const { franc } = optionalPackage("language_identifier", "franc-min", () => loadPackage("franc-min")) as Franc;
  return (text) => {
    const code = franc(text);
    const named = LANGUAGES[code] ?? code;
    const language = identifier === "lingua" && named === "Mandarin" ? "Chinese" : named;
    const mapped = mapping[language];
    const tokenizer = made.get(typeof mapped === "string" ? mapped : language) ?? fallback;
    return tokenizer(text);
  };
}
