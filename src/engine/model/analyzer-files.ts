import { failure } from "../../errors.js";
import { isRecord } from "../../text/token.js";
import type { NewField } from "./validate-fields.js";

/**
 * Files that the parameters of an analyzer name. Their words are put into the parameters when a field is made, so an analyzer needs
 * nothing but its parameters from then on; as they were given they are kept beside them.
 */

/** Parameters of text fields that hold analyzers, as JSON. */
const PARAMETERS = ["analyzer_params", "multi_analyzer_params"] as const;
/** The same as they were given, where they named files. */
const GIVEN = ".as_given";
/** What a file stands for. */
const LISTS: Readonly<Record<string, string>> = {
  stop_words_file: "stop_words",
  word_list_file: "word_list",
  extra_dict_file: "dict",
  synonyms_file: "synonyms",
};

/** Reads the files that analyzers name. */
export interface AnalyzerFiles {
  /** @throws InvalidParameter */
  ofResource(resource: string, file: string): string;
  /** @throws Unsupported, InvalidParameter */
  ofPath(path: string): string;
}

/** A field whose analyzers need no files any more. @throws InvalidParameter */
export function withFileWords<Field extends Pick<NewField, "params">>(field: Field, files: AnalyzerFiles): Field {
  const params: Record<string, string> = { ...field.params };
  for (const name of PARAMETERS) {
    const given = params[name];
    if (given === undefined) continue;
    const complete = completeAnalyzer(given, files);
    if (complete === given) continue;
    params[name] = complete;
    params[`${name}${GIVEN}`] = given;
  }
  return { ...field, params };
}

/** Parameters as JSON, with the words of the files that they name; text that is no JSON as it is. @throws InvalidParameter */
export function completeAnalyzer(text: string, files: AnalyzerFiles): string {
  if (!Object.keys(LISTS).some((key) => text.includes(`"${key}"`))) return text;
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch {
    // Refused where analyzers are read.
    return text;
  }
  return JSON.stringify(completed(params, files));
}

/** The parameters of a field as they were given. */
export function givenParams(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const shown = Object.entries(params).filter(([key]) => !key.endsWith(GIVEN));
  return Object.fromEntries(shown.map(([key, value]) => [key, params[`${key}${GIVEN}`] ?? value]));
}

/** Whether a field's analyzers name a resource. */
export function namesResource({ params }: Pick<NewField, "params">, resource: string): boolean {
  const named = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(named)
      : isRecord(value) && (value["resource_name"] === resource || Object.values(value).some(named));
  return PARAMETERS.some((name) => {
    const given = params[`${name}${GIVEN}`];
    return given !== undefined && named(JSON.parse(given));
  });
}

function completed(value: unknown, files: AnalyzerFiles): unknown {
  if (Array.isArray(value)) return value.map((item) => completed(item, files));
  if (!isRecord(value)) return value;
  const complete: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) if (LISTS[key] === undefined) complete[key] = completed(part, files);
  for (const [key, list] of Object.entries(LISTS)) {
    if (value[key] === undefined) continue;
    const words = wordsOf(key, value[key], files);
    // A dictionary beside none stands beside the usual one.
    const others = complete[list] ?? (list === "dict" ? ["_default_"] : []);
    complete[list] = Array.isArray(others) ? [...others, ...words] : others;
  }
  return complete;
}

/** The words of a file, one a line; what stands behind a word in a dictionary is left out. */
function wordsOf(key: string, given: unknown, files: AnalyzerFiles): readonly string[] {
  const lines = read(key, given, files)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return key === "extra_dict_file" ? lines.map((line) => line.split(/\s+/)[0] as string) : lines;
}

function read(key: string, given: unknown, files: AnalyzerFiles): string {
  const { type, path, resource_name: resource, file_name: file } = isRecord(given) ? given : {};
  if (type === "local" && typeof path === "string") return files.ofPath(path);
  if (type === "remote" && typeof resource === "string" && typeof file === "string")
    return files.ofResource(resource, file);
  throw failure("InvalidParameter", {
    text: `${key} must be {"type":"local","path":...} or {"type":"remote","resource_name":...,"file_name":...}`,
  });
}
