import { failure, invalidParameter } from "../../../errors.js";
import type { Analyzer } from "../../../text/analyzer.js";
import { type HighlightStyle, highlighted } from "../../../text/highlight.js";
import { parseJson } from "../../../values/json-reader.js";
import { shownText } from "../../../values/shown-text.js";
import type { HighlighterRequest, SearchRequest } from "../../contract/entities.js";
import type { Collection } from "../../model/collection.js";
import { isTextType } from "../../model/data-type.js";
import { functionOf } from "../../model/functions.js";
import { type FieldSchema, fieldByName } from "../../model/schema.js";
import { fieldAnalyzers } from "../../model/text-analyzers.js";
import { isOn } from "../../model/types/parameters.js";
import type { HighlightedField } from "../../query/collect-hits.js";

/** What is searched, for a highlighter that marks the words of the queries. */
export interface HighlightedSearch {
  readonly collection: Collection;
  readonly field: FieldSchema;
  /** Empty: the field has no index, which the search itself will be refused for. */
  readonly metric: string;
  readonly request: Pick<SearchRequest, "data" | "vectors">;
}

/**
 * The fields whose words a search marks; none without a highlighter.
 *
 * @throws InvalidParameter
 */
export function readHighlighter(
  given: HighlighterRequest | undefined,
  search: HighlightedSearch,
): readonly HighlightedField[] {
  if (given === undefined || Object.keys(given).length === 0) return [];
  checkType(given.type);
  const params = given.params ?? {};
  const style = readStyle(params);
  const marked: { readonly field: FieldSchema; words(query: number): Iterable<string> }[] = [];
  if (flag(params["highlight_search_text"])) marked.push(searchWords(search));
  for (const query of list(params, "highlight_query") ?? []) marked.push(queryWords(search.collection, query));
  const fields = new Set(marked.map(({ field }) => field));
  return [...fields].map((field) => {
    const sources = marked.filter((one) => one.field === field);
    const analyzer = analyzerOf(field);
    return {
      field,
      fragments: (query) => {
        const words = new Set(sources.flatMap((source) => [...source.words(query)]));
        return (text) => highlighted(analyzer, text, words, style);
      },
    };
  });
}

function checkType(type: unknown): void {
  if (type === undefined || type === 0 || type === "Lexical") return;
  const semantic = type === 1 || type === "Semantic";
  throw invalidParameter(
    semantic
      ? "semantic highlighter is not supported by the embedded engine"
      : `unsupported highlight type: ${shownText(type)}`,
  );
}

type Params = Readonly<Record<string, unknown>>;

function readStyle(params: Params): HighlightStyle {
  return {
    preTags: tags(params, "pre_tags", "<em>"),
    postTags: tags(params, "post_tags", "</em>"),
    offset: count(params, "fragment_offset", 0, 0),
    size: count(params, "fragment_size", 100, 1),
    count: count(params, "num_of_fragments", 5, 0),
  };
}

function tags(params: Params, name: string, fallback: string): readonly string[] {
  const given = list(params, name);
  if (given === undefined) return [fallback];
  if (given.length === 0) throw invalidParameter(`${name} cannot be empty list`);
  return given.map(String);
}

function count(params: Params, name: string, fallback: number, least: number): number {
  const given = params[name];
  if (given === undefined || given === null) return fallback;
  const number = typeof given === "string" && given.trim() === "" ? Number.NaN : Number(given);
  if (!Number.isSafeInteger(number) || number < least) throw invalidParameter(`invalid ${name}: ${shownText(given)}`);
  return number;
}

/** A list, or its JSON text. */
function list(params: Params, name: string): readonly unknown[] | undefined {
  const given = params[name];
  if (given === undefined || given === null) return undefined;
  const value = typeof given === "string" ? parsedText(name, given) : given;
  if (!Array.isArray(value)) throw invalidParameter(`${name} should be a list: ${shownText(given)}`);
  return value;
}

function parsedText(name: string, text: string): unknown {
  try {
    return parseJson(text, "number");
  } catch (cause) {
    throw failure("InvalidParameter", { text: `${name} is no JSON: ${shownText(text)}` }, cause);
  }
}

function flag(value: unknown): boolean {
  return value === true || (typeof value === "string" && isOn(value));
}

/** The words of each query's own text, in the field that BM25 reads. */
function searchWords({ collection, field, metric, request }: HighlightedSearch) {
  if (metric !== "BM25") {
    throw invalidParameter(`Search highlight only support with metric type "BM25" but was: ${metric}`);
  }
  const input = functionOf(collection.schema.functions, field.name)?.inputFieldNames[0];
  const source = fieldByName(collection.schema, input ?? "") as FieldSchema;
  const analyzer = analyzerOf(source);
  const texts = (request.data ?? request.vectors?.values ?? []) as readonly unknown[];
  return {
    field: source,
    words(query: number) {
      const text = texts[query];
      return analyzer.words(text instanceof Uint8Array ? Buffer.from(text).toString() : String(text ?? ""));
    },
  };
}

/** The words of `{ type: "TextMatch", field, text }`, whatever is searched. */
function queryWords(collection: Collection, query: unknown) {
  if (typeof query !== "object" || query === null)
    throw invalidParameter("highlight_query should be a list of objects");
  const { type, field: name, text } = query as Params;
  if (type !== "TextMatch") throw invalidParameter(`unsupported highlight query type: ${shownText(type)}`);
  const field = fieldByName(collection.schema, String(name));
  if (field === undefined) throw invalidParameter(`highlight field not found: ${shownText(name)}`);
  if (!isTextType(field.type) || !isOn(field.params["enable_analyzer"])) {
    throw invalidParameter(`highlight field ${field.name} has no analyzer`);
  }
  const words = analyzerOf(field).words(String(text ?? ""));
  return { field, words: () => words };
}

function analyzerOf(field: FieldSchema): Analyzer {
  return fieldAnalyzers(field).named();
}
