import type { Engine } from "../engine/index.js";
import { adapt } from "./adapt.js";
import { compareCollections, comparedPartitions, keyNameOf } from "./compare.js";
import { EngineSide } from "./engine-side.js";
import { withServer } from "./open-side.js";
import type { CollectionComparison, DiffOptions, DiffReport } from "./options.js";
import { chosenCollections } from "./plan.js";
import { schemaDifferences } from "./schema-differences.js";
import { type CollectionName, type DescribedCollection, nameOf, type Side } from "./side.js";

const DEFAULT_KEYS = 10;

/** Compares collections of a database with those of a server; changes neither. */
export function diff(engine: Pick<Engine, "execute">, file: string, options: DiffOptions): Promise<DiffReport> {
  const here = new EngineSide(engine, file);
  return withServer("the comparison", options.with, options, async (there) => {
    const namesHere = await chosenCollections(here, { ...options, mayLack: true });
    const namesThere = await chosenCollections(there, { ...options, mayLack: true });
    const known = new Set(namesHere.map(nameOf));
    const others = new Set(namesThere.map(nameOf));
    const comparisons: CollectionComparison[] = [];
    for (const name of namesHere) {
      const [describedHere, describedThere] = [await here.describe(name), await there.describe(name)];
      if (!others.has(nameOf(name)) || describedHere === undefined || describedThere === undefined) continue;
      comparisons.push(await compareOne(here, there, name, describedHere, describedThere, options));
    }
    const onlyHere = [...known].filter((name) => !others.has(name));
    const onlyThere = [...others].filter((name) => !known.has(name));
    const same = onlyHere.length + onlyThere.length === 0 && comparisons.every((comparison) => comparison.same);
    return { here: here.name, there: there.name, server: there.server.name, same, onlyHere, onlyThere, comparisons };
  });
}

async function compareOne(
  here: Side,
  there: Side,
  name: CollectionName,
  describedHere: DescribedCollection,
  describedThere: DescribedCollection,
  { keys = DEFAULT_KEYS, onProgress, signal }: DiffOptions,
): Promise<CollectionComparison> {
  const expected = adapt(describedHere, there.server).description;
  const remarks = [...schemaDifferences(expected, describedThere.description)];
  const sameKeys =
    keyNameOf(describedHere) === keyNameOf(describedThere) && keyType(describedHere) === keyType(describedThere);
  const loaded =
    describedThere.description.load === "LoadStateLoaded" &&
    (comparedPartitions(describedHere)[0] !== undefined || describedThere.partitions.every((each) => each.loaded));
  if (!sameKeys) remarks.push("its rows were not compared: the primary keys are different");
  else if (!loaded) remarks.push("its rows were not compared: it is not loaded there");
  return compareCollections({
    here,
    there,
    nameHere: name,
    nameThere: name,
    describedHere,
    describedThere,
    depth: sameKeys && loaded ? "rows" : "nothing",
    remarks,
    subset: false,
    omitted: new Set(),
    maxKeys: keys,
    rowsTotal: await here.count(name, describedHere, undefined),
    onProgress,
    signal,
  });
}

function keyType({ description }: DescribedCollection): string | undefined {
  return description.fields.find(({ primaryKey }) => primaryKey)?.type;
}
