import type { CollectionRequest } from "./engine/contract/request.js";
import type { OperationPath } from "./engine/contract/table.js";
import type { Engine } from "./engine/index.js";
import type { ElanusError } from "./errors.js";
import { isList } from "./values/js-value.js";
import { nearestName } from "./values/nearest-name.js";

/** A call that failed. */
interface Failed {
  readonly engine: Pick<Engine, "execute">;
  readonly path: OperationPath;
  readonly request: Readonly<Record<string, unknown>>;
  readonly error: ElanusError;
}

/**
 * What helps a person beside the message of a failed call, which stays word for word that of a server: names in place of
 * numbers, the name that was meant, what to do.
 *
 * @returns undefined where the message says all there is to say, and where the request throws when it is read
 */
export async function hintFor(failed: Failed): Promise<string | undefined> {
  try {
    return await findHint(failed);
  } catch {
    return undefined;
  }
}

async function findHint(failed: Failed): Promise<string | undefined> {
  const { path, request, error } = failed;
  if ((path === "entities/search" || path === "entities/hybrid_search") && isFlatVector(request["data"])) {
    return "data is a list of query vectors, [[...]]: this is one vector by itself";
  }
  const { row, field } = error.details;
  if (row !== undefined && path.startsWith("entities/")) {
    return `row ${row} of the request${field === undefined ? "" : `, field ${quoted(field)}`}`;
  }
  switch (error.kind) {
    case "CollectionNotLoaded":
      return `collection ${quoted(request["collectionName"])} is not loaded: collections.load makes it searchable`;
    case "PartitionNotLoaded": {
      const name = (await partitionNames(failed)).get(Number(error.details["partition"]));
      if (name === undefined) return undefined;
      const of = `partition ${quoted(name)} of collection ${quoted(request["collectionName"])}`;
      return `${of} is not loaded: partitions.load makes it searchable`;
    }
    case "LoadParameterMismatch":
      return inNames(String(error.details["text"]), request["collectionName"], await partitionNames(failed));
    case "CollectionNotFound":
    case "CollectionMissing":
      return meant(request["collectionName"], await names(failed, "collections/list"));
    case "PartitionNotFound":
    case "PartitionNameNotFound":
      return meant(error.details["partition"], await names(failed, "partitions/list"));
    case "EmbedModelMissing": {
      const model = error.details["model"] === "" ? "a model" : `the model ${quoted(error.details["model"])}`;
      return `vectors are made of texts by ${model}: Elanus.open takes it as functions.embed; vectors are searched for without it`;
    }
    case "IndexNotFound":
      return meant(error.details["index"], await names(failed, "indexes/list"));
    case "IndexMissing":
    case "VectorIndexMissing":
      return "indexes.create makes one; collections.create does so when it is given indexParams";
    default:
      return undefined;
  }
}

function isFlatVector(data: unknown): boolean {
  if (!isList(data) || data.length === 0) return false;
  return !Array.isArray(data) || data.every((item) => typeof item === "number");
}

function quoted(name: unknown): string {
  return JSON.stringify(String(name));
}

function meant(given: unknown, known: readonly string[]): string | undefined {
  const nearest = nearestName(String(given), known);
  return nearest === undefined || nearest === given ? undefined : `did you mean ${quoted(nearest)}?`;
}

/** A text of the old load rules with the names of the collection and its partitions in place of their numbers. */
function inNames(text: string, collection: unknown, partitions: ReadonlyMap<number, string>): string | undefined {
  const named = text
    .replace(/\[([\d ]+)\]/, (_, ids: string) => {
      return `[${ids
        .split(" ")
        .map((id) => quoted(partitions.get(Number(id)) ?? id))
        .join(", ")}]`;
    })
    .replace(/collection \d+/, `collection ${quoted(collection)}`);
  return named === text ? undefined : named;
}

async function names(failed: Failed, list: "collections/list" | "partitions/list" | "indexes/list"): Promise<string[]> {
  const { dbName, collectionName } = failed.request as Partial<CollectionRequest>;
  try {
    return (await failed.engine.execute(list, { dbName, collectionName })).data as string[];
  } catch {
    // No list, no hint.
    return [];
  }
}

async function partitionNames(failed: Failed): Promise<ReadonlyMap<number, string>> {
  const { dbName, collectionName } = failed.request as Partial<CollectionRequest>;
  try {
    const { data, facts = [] } = await failed.engine.execute("partitions/list", { dbName, collectionName });
    const known = facts as readonly { readonly id: number }[];
    return new Map((data as readonly string[]).map((name, i) => [known[i]?.id ?? -1, name]));
  } catch {
    return new Map();
  }
}
