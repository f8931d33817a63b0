import { failure } from "../errors.js";
import { didYouMean } from "../values/nearest-name.js";
import { shownText } from "../values/shown-text.js";
import type { EngineContext } from "./context.js";
import { DEFAULT_DATABASE } from "./contract/request.js";
import type { Collection } from "./model/collection.js";

/**
 * What is to be read before the first search: all that is loaded, or the collections of these names, in other databases than
 * `default` as `database.collection`.
 */
export type Preload = true | readonly string[];

/**
 * Reads into memory what the file records as loaded, which the first search would do otherwise.
 * @throws InvalidParameter for a name that no collection has, and for a collection that is released
 */
export async function preload(ctx: EngineContext, wanted: Preload): Promise<void> {
  const all = ctx.catalog.allCollections();
  const collections =
    wanted === true ? all.filter(({ loadMode }) => loadMode !== "none") : wanted.map((name) => named(ctx, all, name));
  for (const collection of new Set(collections)) {
    const loaded = collection.partitions.filter((partition) => partition.loaded).map(({ id }) => id);
    await ctx.loader.ready(collection, loaded);
  }
}

function named(ctx: EngineContext, all: readonly Collection[], name: string): Collection {
  const dot = name.indexOf(".");
  const database = dot < 0 ? DEFAULT_DATABASE : name.slice(0, dot);
  const collection = ctx.catalog.find(database, name.slice(dot + 1));
  if (collection === undefined) {
    throw refusal(`there is no collection "${shownText(name)}"${didYouMean(name, all.map(nameOf))}`);
  }
  if (collection.loadMode === "none") {
    throw refusal(`the collection "${shownText(name)}" is released: collections.load makes it searchable`);
  }
  return collection;
}

function nameOf({ database, name }: Collection): string {
  return database === DEFAULT_DATABASE ? name : `${database}.${name}`;
}

function refusal(what: string): Error {
  return failure("InvalidParameter", { text: `"preload" of Elanus.open: ${what}` });
}
