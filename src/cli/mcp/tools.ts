import { stringifyJson } from "../../api/json.js";
import {
  allFields,
  type Collection,
  keyField,
  keyValue,
  plainFields,
  plainFieldsOf,
  searchedFields,
  textFields,
  traitsOf,
  typeText,
} from "../../inspect/schema.js";
import { fitting, MAX_ROWS } from "./answer-size.js";
import { rowsText } from "./rows-text.js";
import { type Argument, type Ask, defineTool, type Given, Refused, type Tool } from "./tool.js";

/** Names that are listed at a time; there may be many thousands. */
const MAX_NAMES = 200;
/** UTF-8 bytes of lists that are a part of an answer. */
const LIST_BYTES = 40_000;

const text = (description: string): Argument => ({ type: "string", description });
const database = text("Name of the database; default: default");
const collection = text("Name of the collection");
const filter = text('A Milvus expression, such as: year > 1950 and title like "M%"');
const partition = text("Name of the partition; default: all of them, of an insert _default");
const fields: Argument = {
  type: "array",
  description: "Fields to be shown; default: all but vectors, which are never shown",
  items: { type: "string" },
};
const limit: Argument = { type: "integer", description: "Rows at most; default 10", minimum: 1, maximum: MAX_ROWS };

const listCollections = defineTool({
  name: "list_collections",
  description: "The collections of a database, with their numbers of rows and whether they are loaded.",
  takes: { database },
  async run(ask, given) {
    const { data } = await ask("collections/list", { dbName: given["database"] });
    const names = data as readonly string[];
    const { shown, left } = fitting(names, MAX_NAMES, LIST_BYTES);
    const collections = await Promise.all(
      shown.map(async (name) => {
        const at = { dbName: given["database"], collectionName: name };
        const [stats, load] = await Promise.all([
          ask("collections/get_stats", at),
          ask("collections/get_load_state", at),
        ]);
        const { rowCount } = stats.data as { readonly rowCount: number };
        return {
          name,
          rows: rowCount,
          loaded: (load.data as { readonly loadState: string }).loadState === "LoadStateLoaded",
        };
      }),
    );
    return stringifyJson({ collections, left_out: left });
  },
});

const describe = defineTool({
  name: "describe",
  description: "The fields, indexes and partitions of a collection, and how it can be searched.",
  takes: { collection, database },
  required: ["collection"],
  async run(ask, given) {
    const at = placeOf(given);
    const described = await collectionOf(ask, given);
    const [partitions, stats] = await Promise.all([ask("partitions/list", at), ask("collections/get_stats", at)]);
    const texts = textFields(described);
    const { shown, left } = fitting(partitions.data as readonly string[], MAX_NAMES, LIST_BYTES);
    return stringifyJson({
      name: described.collectionName,
      description: described.description === "" ? undefined : described.description,
      rows: (stats.data as { readonly rowCount: number }).rowCount,
      loaded: described.load === "LoadStateLoaded",
      key: keyField(described).name,
      fields: allFields(described).map((field) => ({
        name: field.name,
        type: typeText(field),
        is: traitsOf(field).length === 0 ? undefined : traitsOf(field),
        description: field.description === "" ? undefined : field.description,
      })),
      dynamic_field: described.enableDynamicField,
      searched: searchedFields(described).map(({ field, metric }) => ({
        field: field.name,
        metric,
        by: texts.has(field.name) ? ["text", "vector", "id"] : ["vector", "id"],
      })),
      partitions: shown,
      partitions_left_out: left,
    });
  },
});

const query = defineTool({
  name: "query",
  description: "Rows of a collection that a filter selects.",
  takes: {
    collection,
    filter,
    fields,
    limit,
    offset: { type: "integer", description: "Rows to be passed over; default 0", minimum: 0, maximum: 16_000 },
    partition,
    database,
  },
  required: ["collection"],
  async run(ask, given) {
    const described = await collectionOf(ask, given);
    const rows = await ask("entities/query", {
      ...placeOf(given),
      ...partitionOf(given),
      filter: given["filter"] ?? "",
      outputFields: shownFields(described, given),
      limit: given["limit"] ?? 10,
      offset: given["offset"] ?? 0,
    });
    return rowsText(rows.data as readonly Given[]);
  },
});

const search = defineTool({
  name: "search",
  description:
    "Rows that are most like a text, a vector or another row. Give one of text, vector and id; a text where describe says so. " +
    "Each row has its distance: of L2, HAMMING and JACCARD a small one is near, of IP, COSINE and BM25 a large one.",
  takes: {
    collection,
    text: text("A text to be like"),
    vector: { type: "array", description: "A vector to be like", items: { type: "number" } },
    id: { type: ["string", "integer"], description: "The key of a row to be like" },
    field: text("The vector field to be searched; default: the first that fits"),
    filter,
    fields,
    limit,
    partition,
    database,
  },
  required: ["collection"],
  async run(ask, given) {
    const described = await collectionOf(ask, given);
    const rows = await ask("entities/search", {
      ...placeOf(given),
      ...partitionOf(given),
      ...soughtOf(described, given),
      ...(given["filter"] !== undefined && { filter: given["filter"] }),
      outputFields: shownFields(described, given),
      limit: given["limit"] ?? 10,
    });
    return rowsText(rows.data as readonly Given[]);
  },
});

const insert = defineTool({
  name: "insert",
  description: "Adds rows to a collection: objects with a value for each field.",
  takes: {
    collection,
    rows: { type: "array", description: "The rows", items: { type: "object" } },
    partition,
    database,
  },
  required: ["collection", "rows"],
  writes: true,
  async run(ask, given) {
    const { partition: partitionName } = given;
    const place = { ...placeOf(given), ...(partitionName !== undefined && { partitionName }) };
    const { data } = await ask("entities/insert", { ...place, data: given["rows"] });
    const { insertCount, insertIds } = data as { readonly insertCount: number; readonly insertIds: readonly unknown[] };
    const { shown, left } = fitting(insertIds, MAX_ROWS, LIST_BYTES);
    return stringifyJson({ inserted: insertCount, ids: shown, ids_left_out: left });
  },
});

const remove = defineTool({
  name: "delete",
  description: "Removes the rows of a collection that a filter selects, for good.",
  takes: { collection, filter, partition, database },
  required: ["collection", "filter"],
  writes: true,
  async run(ask, given) {
    const { partition: partitionName } = given;
    const place = { ...placeOf(given), ...(partitionName !== undefined && { partitionName }) };
    const { data } = await ask("entities/delete", { ...place, filter: given["filter"] });
    return stringifyJson(data ?? {});
  },
});

const READING: readonly Tool[] = [listCollections, describe, query, search];
const WRITING: readonly Tool[] = [insert, remove];

export function toolsFor(writes: boolean): readonly Tool[] {
  return writes ? [...READING, ...WRITING] : READING;
}

function placeOf(given: Given): { readonly dbName: unknown; readonly collectionName: unknown } {
  return { dbName: given["database"], collectionName: given["collection"] };
}

function partitionOf({ partition: name }: Given): object {
  return name === undefined ? {} : { partitionNames: [name] };
}

async function collectionOf(ask: Ask, given: Given): Promise<Collection> {
  return (await ask("collections/describe", placeOf(given))).data as Collection;
}

/** Those that were asked for; vectors say nothing to who reads. */
function shownFields(described: Collection, { fields: asked }: Given): readonly string[] {
  if (asked === undefined) return plainFields(described);
  return (asked as readonly unknown[]).flatMap((name) => plainFieldsOf(described, String(name)));
}

/** What is searched for, and where. @throws Refused */
function soughtOf(described: Collection, given: Given): object {
  const { text: words, vector, id, field } = given;
  const ways = [words, vector, id].filter((way) => way !== undefined);
  if (ways.length !== 1) throw new Refused("give one of text, vector and id");
  const texts = textFields(described);
  const searched = searchedFields(described).map((one) => one.field.name);
  const fits = searched.filter((name) => words === undefined || texts.has(name));
  const annsField = field ?? fits[0];
  if (annsField === undefined) {
    throw new Refused(
      `no field of ${described.collectionName} can be searched by ${words === undefined ? "vectors" : "a text"}`,
    );
  }
  if (id !== undefined) return { annsField, ids: [keyValue(id, keyField(described))] };
  return { annsField, data: [words ?? vector] };
}
