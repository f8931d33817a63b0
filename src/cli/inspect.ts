import { isElanusError } from "../errors.js";
import type { Elanus, EngineStats, IndexState } from "../index.js";
import { type Ask, measureRecall } from "../inspect/recall.js";
import {
  allFields,
  type Collection,
  keyField,
  plainFields,
  searchedFields,
  traitsOf,
  typeText,
} from "../inspect/schema.js";
import { bytesText, countText } from "../inspect/values.js";
import { elapsed } from "../values/clock.js";
import { isSet, optionValue, UsageError } from "./arguments.js";
import { askOf } from "./ask.js";
import type { Io } from "./io.js";
import { type PlaceCommand, runOnPlace } from "./place-command.js";
import { ownLine, withProgressBar } from "./progress-bar.js";
import { rowTable, safe } from "./table.js";

const QUERIES = 50;
const NEIGHBOURS = 10;

export const INSPECT: PlaceCommand = {
  usage: "Usage: elanus inspect <file> [-c <collection>] [--recall]",
  help: `Tells what is in a database file: its collections and sizes; of one collection its fields, indexes, partitions and some rows.
Changes nothing; others may write meanwhile.

  -c, --collection <name>  this collection
  --database <name>        default: default
  --rows <n>               rows to be shown of the collection, default 3
  --recall                 measure what part of the nearest rows its indexes find: 50 rows are searched for with and without
  --url <address>          a server in place of a file; --token <token> for its users
`,
  values: ["c", "collection", "database", "rows"],
  flags: ["recall"],
  check(options) {
    const rows = optionValue(options, "rows");
    if (rows !== undefined && !/^\d{1,4}$/.test(rows)) throw new UsageError(`--rows must be a number, not ${rows}`);
    if (options.has("recall") && optionValue(options, "collection", "c") === undefined) {
      throw new UsageError("--recall is of one collection: -c <collection>");
    }
  },
  run(db, options, io, line) {
    const look: Look = { ask: askOf(db), db, io, dbName: optionValue(options, "database") ?? "default" };
    const collectionName = optionValue(options, "collection", "c");
    const rows = Number(optionValue(options, "rows") ?? 3);
    const recalls = isSet(options, "recall");
    return withProgressBar(db, line, () =>
      collectionName === undefined ? tellAll(look) : tellOne(look, collectionName, rows, recalls),
    );
  },
};

/** `elanus inspect app.db` */
export function inspect(argv: readonly string[], io: Io): Promise<number> {
  return runOnPlace(INSPECT, argv, io);
}

/** Where somebody looks, and whom he tells. */
export interface Look {
  readonly ask: Ask;
  readonly db: Elanus;
  readonly io: Io;
  readonly dbName: string;
}

export async function tellAll({ ask, db, io, dbName }: Look): Promise<void> {
  const names = (await ask("collections/list", { dbName })).data as readonly string[];
  const databases = (await ask("databases/list", {})).data as readonly string[];
  const stats = await statsOf(db);
  const size = stats === undefined ? "" : `${bytesText(stats.fileBytes)} on disk, `;
  io.out(`${size}${countText(names.length, "collection")} in database ${safe(dbName)}\n`);
  if (databases.length > 1)
    io.out(
      `other databases: ${databases
        .filter((name) => name !== dbName)
        .map(safe)
        .join(", ")}\n`,
    );
  const rows = await Promise.all(
    names.map(async (collectionName) => {
      const at = { dbName, collectionName };
      const collection = (await ask("collections/describe", at)).data as Collection;
      const { rowCount } = (await ask("collections/get_stats", at)).data as { readonly rowCount: number };
      return {
        collection: collectionName,
        rows: rowCount,
        state: collection.load === "LoadStateLoaded" ? "loaded" : "not loaded",
        fields: collection.fields.length,
        searched: searchedFields(collection)
          .map(({ field, metric }) => `${field.name} (${metric})`)
          .join(", "),
      };
    }),
  );
  if (rows.length > 0) io.out(`\n${rowTable(rows, io)}`);
}

export async function tellOne(look: Look, collectionName: string, rows: number, recalls: boolean): Promise<void> {
  const { ask, db, io, dbName } = look;
  const at = { dbName, collectionName };
  const collection = (await ask("collections/describe", at)).data as Collection;
  const { rowCount } = (await ask("collections/get_stats", at)).data as { readonly rowCount: number };
  const loaded = collection.load === "LoadStateLoaded";
  io.out(`${safe(collectionName)}: ${countText(rowCount, "row")}, ${loaded ? "loaded" : "not loaded"}\n\n`);
  const fields = allFields(collection).map((field) => ({
    field: field.name,
    type: typeText(field),
    is: traitsOf(field).join(", "),
  }));
  io.out(`${rowTable(fields, io)}\n`);
  io.out(`${rowTable(await partitionsOf(ask, at), io)}\n`);
  const indexes = await Promise.all(
    collection.indexes.map(async ({ indexName }) => (await ask("indexes/describe", { ...at, indexName })).data),
  );
  const shown = (indexes.flat() as readonly IndexState[]).map(
    ({ indexName, indexType, metricType, indexState, indexedRows }) => ({
      index: indexName,
      type: indexType,
      metric: metricType,
      state: indexState,
      rows: indexedRows,
    }),
  );
  if (shown.length > 0) io.out(`${rowTable(shown, io)}\n`);
  if (!loaded) return io.out("It is not loaded: its rows can be neither queried nor searched.\n");
  const sample = (
    await ask("entities/query", { ...at, filter: "", outputFields: plainFields(collection), limit: Math.max(1, rows) })
  ).data;
  if (rows > 0 && (sample as readonly object[]).length > 0)
    io.out(`${rowTable(sample as readonly Readonly<Record<string, unknown>>[], io)}\n`);
  if (recalls) await tellRecall(look, at, collection);
  const stats = await statsOf(db);
  const segments = stats?.segments.filter(
    ({ database, collection: own }) => database === dbName && own === collectionName,
  );
  const memory = segments?.map(({ partition, field, rows: held, graphRows, memoryBytes }) => ({
    partition,
    field,
    rows: held,
    "in the graph": graphRows,
    memory: bytesText(memoryBytes),
  }));
  if (memory !== undefined && memory.length > 0) io.out(rowTable(memory, io));
}

async function partitionsOf(ask: Ask, at: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const names = (await ask("partitions/list", at)).data as readonly string[];
  return Promise.all(
    names.map(async (partitionName) => {
      const { data } = await ask("partitions/get_stats", { ...at, partitionName });
      return { partition: partitionName, rows: (data as { readonly rowCount: number }).rowCount };
    }),
  );
}

async function tellRecall({ ask, io }: Look, at: { dbName: string; collectionName: string }, collection: Collection) {
  const line = ownLine(io.line);
  for (const { field, metric } of searchedFields(collection)) {
    line.show(`measuring the recall of ${safe(field.name)} ...`);
    const { wanted, found, queries, indexMs, exactMs } = await measureRecall(
      ask,
      { ...at, keyName: keyField(collection).name, annsField: field.name, metric, queries: QUERIES, limit: NEIGHBOURS },
      elapsed,
    );
    line.clear();
    const share =
      wanted === 0 ? "nothing to measure with" : `${((100 * found) / wanted).toFixed(1)} % at ${NEIGHBOURS}`;
    const times =
      queries === 0
        ? ""
        : `, ${(indexMs / queries).toFixed(2)} ms a search, ${(exactMs / queries).toFixed(2)} ms without`;
    io.out(`recall of ${safe(field.name)}: ${share}${times}\n`);
  }
  io.out("\n");
}

/** Of a server nothing is told. */
async function statsOf(db: Elanus): Promise<EngineStats | undefined> {
  try {
    return await db.stats();
  } catch (error) {
    if (isElanusError(error, "Unsupported")) return undefined;
    throw error;
  }
}
