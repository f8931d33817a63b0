import type { CollectionDescription } from "../engine/contract/collections.js";
import { invalidParameter } from "../errors.js";
import { didYouMean } from "../values/nearest-name.js";
import { type Adapted, adapt } from "./adapt.js";
import type { CollectionPlan, MovePlan } from "./options.js";
import { schemaDifferences } from "./schema-differences.js";
import { isSince } from "./server-version.js";
import { type CollectionName, type DescribedCollection, nameOf, type Side } from "./side.js";

/** A collection that is to be moved. */
export interface PlannedCollection {
  readonly source: CollectionName;
  readonly target: CollectionName;
  readonly described: DescribedCollection;
  readonly adapted: Adapted;
  /** What is on the other side already. */
  readonly there: DescribedCollection | undefined;
  readonly shown: CollectionPlan;
}

export interface Planned {
  readonly collections: readonly PlannedCollection[];
  /** Databases that the other side lacks. */
  readonly databases: readonly string[];
  readonly shown: MovePlan;
}

/** What is asked for. */
export interface Choice {
  readonly databases?: readonly string[];
  readonly collections?: readonly string[];
  readonly into?: string;
  /** Names that there are not are passed over: the other side may have them. */
  readonly mayLack?: boolean;
}

/** Looks at both sides, changes neither. @throws InvalidParameter for names that there are not */
export async function planMove(from: Side, to: Side, server: string, choice: Choice): Promise<Planned> {
  const names = await chosenCollections(from, choice);
  if (choice.into !== undefined && names.length !== 1) {
    throw invalidParameter(`"into" gives one collection another name, and ${names.length} are chosen`);
  }
  const known = new Set(await to.databases());
  const collections: PlannedCollection[] = [];
  for (const source of names) {
    const target = { ...source, ...(choice.into !== undefined && { collection: choice.into }) };
    const described = await from.describe(source);
    if (described !== undefined) collections.push(await planCollection(from, to, source, target, described, known));
  }
  const databases = [...new Set(collections.map(({ target }) => target.database))].filter((name) => !known.has(name));
  return {
    collections,
    databases,
    shown: { from: from.name, to: to.name, server, collections: collections.map(({ shown }) => shown) },
  };
}

/** The same plan, which tells of more that will be otherwise. */
export function withChanges(
  planned: Planned,
  changes: (collection: CollectionDescription) => readonly string[],
): Planned {
  const collections = planned.collections.map((collection) => {
    const { described, shown } = collection;
    return { ...collection, shown: { ...shown, changes: [...shown.changes, ...changes(described.description)] } };
  });
  return { ...planned, collections, shown: { ...planned.shown, collections: collections.map(({ shown }) => shown) } };
}

/** @throws InvalidParameter */
export async function chosenCollections(
  side: Side,
  { databases, collections, mayLack = false }: Choice,
): Promise<readonly CollectionName[]> {
  const known = await side.databases();
  for (const database of databases ?? []) {
    if (!known.includes(database) && !mayLack) throw missing(side, "database", database, known);
  }
  const all: CollectionName[] = [];
  for (const database of known) {
    if (databases !== undefined && !databases.includes(database)) continue;
    for (const collection of await side.collections(database)) all.push({ database, collection });
  }
  return (collections ?? all.map(nameOf)).flatMap((name) => {
    const found = all.find((each) => nameOf(each) === name || shortName(each) === name);
    if (found !== undefined) return found;
    if (mayLack) return [];
    throw missing(side, "collection", name, all.map(shortName));
  });
}

const DEFAULT = "default";

/** Names in the database `default` go without it. */
function shortName(name: CollectionName): string {
  return name.database === DEFAULT ? name.collection : nameOf(name);
}

function missing(side: Side, what: string, name: string, known: readonly string[]): Error {
  return invalidParameter(`${side.name} has no ${what} ${name}${didYouMean(name, known)}`);
}

async function planCollection(
  from: Side,
  to: Side,
  source: CollectionName,
  target: CollectionName,
  described: DescribedCollection,
  databases: ReadonlySet<string>,
): Promise<PlannedCollection> {
  const adapted = adapt(described, to.server);
  const changes = [...adapted.changes];
  const refusals = [...adapted.refusals];
  if (!databases.has(target.database) && !isSince(to.server, 2, 2, 9)) {
    refusals.push(`database ${target.database}: ${to.server.name} has one only`);
  }
  const there = databases.has(target.database) ? await to.describe(target) : undefined;
  if (there !== undefined) {
    if (there.description.collectionName !== target.collection) {
      refusals.push(`${target.collection} is an alias of ${there.description.collectionName} there`);
    }
    const differences = schemaDifferences(adapted.description, there.description);
    if (differences.length > 0) {
      refusals.push(`it is there with another schema (${differences.join(", ")}): "into" gives it another name`);
    } else changes.push("it is there already: rows of the same keys are replaced, others stay");
  }
  for (const alias of adapted.description.aliases) {
    const owner = databases.has(target.database) ? await to.describe({ ...target, collection: alias }) : undefined;
    if (owner !== undefined && owner.description.collectionName !== target.collection) {
      refusals.push(`its alias ${alias} belongs to ${owner.description.collectionName} there`);
    }
  }
  if (!from.readsReleased && described.description.load === "LoadStateNotLoad") {
    refusals.push(`it is not loaded in ${from.name}, where its rows can only be read then`);
  }
  const { partitions } = described;
  const some = partitions.some(({ loaded }) => loaded) && !partitions.every(({ loaded }) => loaded);
  if (some && !from.readsReleased) {
    const names = partitions.filter(({ loaded }) => !loaded).map(({ name }) => name);
    refusals.push(`of its partitions ${names.join(", ")} are not loaded in ${from.name}`);
  }
  const readable = from.readsReleased || described.description.load === "LoadStateLoaded";
  return {
    source,
    target,
    described,
    adapted,
    there,
    shown: {
      database: source.database,
      collection: source.collection,
      into: target.collection,
      exists: there !== undefined,
      rows: readable ? await from.count(source, described, undefined) : 0,
      partitions: partitions.map(({ name }) => name),
      changes,
      refusals,
    },
  };
}
