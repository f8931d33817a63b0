import { shownPartitions } from "../shown-partitions.js";
import { type LegacyCall, type LegacyEndpoint, numberField, textField, textsField } from "./call.js";
import { IN_MEMORY, rowCount } from "./collections.js";
import type { Message } from "./decode.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };
const PARTITION: Message = { ...COLLECTION, partition_name: "string" };
const PARTITIONS: Message = { ...COLLECTION, partition_names: "strings" };

const partition = ({ collection, fields }: LegacyCall) => ({
  ...collection,
  partitionName: textField(fields, "partition_name"),
});

function statusOf(path: "partitions/create" | "partitions/drop"): LegacyEndpoint {
  return {
    message: PARTITION,
    reply: "status",
    run: async (call) => {
      await call.run(path, partition(call));
      return undefined;
    },
  };
}

export const createPartition: LegacyEndpoint = statusOf("partitions/create");
export const dropPartition: LegacyEndpoint = statusOf("partitions/drop");

export const hasPartition: LegacyEndpoint = {
  message: PARTITION,
  reply: "data",
  run: async (call) => ({ value: (await call.run("partitions/has", partition(call))).has }),
};

export const partitionStatistics: LegacyEndpoint = {
  message: PARTITION,
  reply: "data",
  run: async (call) => rowCount((await call.run("partitions/get_stats", partition(call))).rowCount),
};

export const loadPartitions: LegacyEndpoint = {
  message: { ...PARTITIONS, replica_number: "int" },
  reply: "status",
  action: "load partitions",
  run: async ({ collection, fields, run }) => {
    await run("partitions/load", {
      ...collection,
      partitionNames: textsField(fields, "partition_names"),
      replicaNumber: numberField(fields, "replica_number"),
    });
    return undefined;
  },
};

/** `replica_number`, which the guide sends, is no key of this message. */
export const releasePartitions: LegacyEndpoint = {
  message: PARTITIONS,
  reply: "status",
  action: "release partitions",
  run: async ({ collection, fields, run }) => {
    await run("partitions/release", { ...collection, partitionNames: textsField(fields, "partition_names") });
    return undefined;
  },
};

/** `GET /api/v1/partitions`: all of a collection, or those that are loaded. */
export const listPartitions: LegacyEndpoint = {
  message: { ...PARTITIONS, type: "int" },
  reply: "data",
  run: async ({ collection, fields, reply }) => {
    const { data, facts = [] } = await reply("partitions/list", collection);
    const inMemory = numberField(fields, "type") === IN_MEMORY;
    return { ...shownPartitions(data, facts, { names: textsField(fields, "partition_names"), inMemory }) };
  },
};
