import { failure } from "../../../errors.js";
import { isList } from "../../../values/js-value.js";
import { type Collection, type IndexDescription, indexOfField } from "../../model/collection.js";
import { type FieldSchema, primaryField } from "../../model/schema.js";
import type { ServerTraits } from "../../model/server-version.js";
import { comparesLists } from "../../model/types/metrics.js";

/** Whether a query is a list of vectors: its items are lists, or texts that stand for bytes. */
export function isListOfLists(query: unknown): boolean {
  return Array.isArray(query) && query.length > 0 && (isList(query[0]) || typeof query[0] === "string");
}

/**
 * A list of vectors can be compared with the lists of rows where their index is one of lists, a single vector where it is not.
 * What is compared is the query's to say, how is the index's.
 *
 * @param lists the queries are lists
 * @throws InvalidParameter
 */
export function checkQueryForm(collection: Collection, field: FieldSchema, lists: boolean): void {
  if (field.type !== "ArrayOfVector") {
    if (!lists) return;
    throw failure("InvalidParameter", {
      text: `field ${field.name} holds no lists of vectors to be compared with a list`,
    });
  }
  const index = indexOfField(collection, field.id);
  if (index === undefined || comparesLists(index.metricType) === lists) return;
  const need = lists ? "a list of query vectors needs one of MAX_SIM" : "a single query vector needs one of vectors";
  throw failure("InvalidParameter", { text: `metric type ${index.metricType} of field ${field.name}: ${need}` });
}

/** What a search asks for beside its nearest hits. */
interface Asked {
  readonly server: ServerTraits;
  readonly radius: number | undefined;
  readonly groupNames: readonly string[];
}

/**
 * What cannot be asked of lists of vectors. Single elements can be grouped by the row alone, where they can be grouped at all.
 *
 * @param index of the field
 * @throws ParameterMismatch
 */
export function refuseOfLists(
  { schema }: Collection,
  field: FieldSchema,
  index: IndexDescription | undefined,
  { server, radius, groupNames }: Asked,
): void {
  if (field.type !== "ArrayOfVector" || index === undefined) return;
  const elements = server.elementRangesAndGroups ? undefined : `vector array fields, fieldName:${field.name}`;
  const tail = comparesLists(index.metricType) ? (elements ?? LISTS) : elements;
  if (radius !== undefined && tail !== undefined) throw refusal(`range search is not supported for ${tail}`);
  if (groupNames.length === 0) return;
  if (comparesLists(index.metricType)) throw refusal(`group by is not supported for ${LISTS}`);
  if (elements !== undefined) throw refusal(`group by search is not supported for ${elements}`);
  if (groupNames.length > 1 || groupNames[0] !== primaryField(schema).name) {
    throw refusal("only group by primary key is supported for element-level search");
  }
}

const LISTS = "multi-search-multi on embedding list fields";

/** @throws ParameterMismatch: a row has many vectors, which are no query */
export function refuseListsByIds(field: FieldSchema): void {
  if (field.type === "ArrayOfVector") throw refusal("array of vector is not supported for search by IDs");
}

function refusal(text: string): Error {
  return failure("ParameterMismatch", { text, expected: "", actual: "" });
}
