import type { Fields } from "../fields.js";
import { idsOf, type LegacyEndpoint } from "./call.js";
import type { Message } from "./decode.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };
const PARTITION: Message = { ...COLLECTION, partition_name: "string" };
const PARTITIONS: Message = { ...COLLECTION, partition_names: "strings" };

/** An operation that answers with a bare status. */
function statusOf(message: Message, path: string, more: (fields: Fields) => Fields = () => ({})): LegacyEndpoint {
  return {
    message,
    reply: "status",
    run: async ({ collection, fields, run }) => {
      await run(path, { ...collection, ...more(fields) });
      return undefined;
    },
  };
}

/** An operation whose data is shown as `{ status, ... }`. */
function dataOf(
  message: Message,
  path: string,
  more: (fields: Fields) => Fields,
  show: (data: unknown) => Fields,
): LegacyEndpoint {
  return {
    message,
    reply: "data",
    run: async ({ collection, fields, run }) => show(await run(path, { ...collection, ...more(fields) })),
  };
}

const nothing = (): Fields => ({});
const partitionName = (fields: Fields): Fields => ({ partitionName: fields["partition_name"] });
const partitionNames = (fields: Fields): Fields => ({ partitionNames: fields["partition_names"] });
const replicaNumber = (fields: Fields): Fields => ({ replicaNumber: fields["replica_number"] });
const existence = (data: unknown): Fields => ({ value: (data as { has: boolean }).has });
const rowCount = (data: unknown): Fields => ({
  stats: [{ key: "row_count", value: String((data as { rowCount: number }).rowCount) }],
});

export const dropCollection: LegacyEndpoint = statusOf(COLLECTION, "collections/drop");
export const hasCollection: LegacyEndpoint = dataOf(COLLECTION, "collections/has", nothing, existence);
export const loadCollection: LegacyEndpoint = statusOf(
  { ...COLLECTION, replica_number: "int" },
  "collections/load",
  replicaNumber,
);
export const releaseCollection: LegacyEndpoint = statusOf(COLLECTION, "collections/release");
export const collectionStatistics: LegacyEndpoint = dataOf(COLLECTION, "collections/get_stats", nothing, rowCount);

export const createPartition: LegacyEndpoint = statusOf(PARTITION, "partitions/create", partitionName);
export const dropPartition: LegacyEndpoint = statusOf(PARTITION, "partitions/drop", partitionName);
export const hasPartition: LegacyEndpoint = dataOf(PARTITION, "partitions/has", partitionName, existence);
export const partitionStatistics: LegacyEndpoint = dataOf(PARTITION, "partitions/get_stats", partitionName, rowCount);
export const loadPartitions: LegacyEndpoint = statusOf(
  { ...PARTITIONS, replica_number: "int" },
  "partitions/load",
  (fields) => ({ ...partitionNames(fields), ...replicaNumber(fields) }),
);
/** `replica_number`, which the guide sends, is no key of this message. */
export const releasePartitions: LegacyEndpoint = statusOf(PARTITIONS, "partitions/release", partitionNames);
export const listPartitions: LegacyEndpoint = {
  message: COLLECTION,
  reply: "data",
  run: async ({ collection, reply }) => {
    const { data, facts } = await reply("partitions/list", collection);
    return { partition_names: data, partitionIDs: idsOf(facts) };
  },
};

const ALIAS: Message = { ...COLLECTION, alias: "string" };
const aliasName = (fields: Fields): Fields => ({ aliasName: fields["alias"] });
export const createAlias: LegacyEndpoint = statusOf(ALIAS, "aliases/create", aliasName);
export const alterAlias: LegacyEndpoint = statusOf(ALIAS, "aliases/alter", aliasName);
export const dropAlias: LegacyEndpoint = statusOf(ALIAS, "aliases/drop", aliasName);

/** `POST /api/v1/persist`: every answered write is on disk already, so only the names are checked. */
export const persist: LegacyEndpoint = {
  message: { ...COLLECTION, collection_names: "strings" },
  reply: "data",
  run: async ({ fields, collection, run }) => {
    const names = (fields["collection_names"] as readonly string[] | undefined) ?? [];
    const single = collection.collectionName === "" ? [] : [collection.collectionName];
    for (const collectionName of [...single, ...names]) {
      await run("collections/describe", { dbName: collection.dbName, collectionName });
    }
    return { coll_segIDs: {} };
  },
};
