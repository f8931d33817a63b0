import type { PartitionFacts } from "../../engine/contract/facts.js";
import { failure } from "../../errors.js";
import { hybridTime, type LegacyCall, type LegacyEndpoint, numberField, textField, textsField } from "./call.js";
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

interface Listed {
  readonly name: string;
  readonly facts: PartitionFacts;
}

/** `GET /api/v1/partitions`: all of a collection, or those that are loaded. */
export const listPartitions: LegacyEndpoint = {
  message: { ...PARTITIONS, type: "int" },
  reply: "data",
  run: async ({ collection, fields, reply }) => {
    const { data, facts = [] } = await reply("partitions/list", collection);
    const all: readonly Listed[] = data.map((name, i) => ({ name, facts: facts[i] as PartitionFacts }));
    const asked = textsField(fields, "partition_names").map((name) => {
      const found = all.find((item) => item.name === name);
      if (found === undefined) throw failure("PartitionNotFound", { partition: name });
      return found;
    });
    const wanted = asked.length === 0 ? all : asked;
    const inMemory = numberField(fields, "type") === IN_MEMORY;
    const released = asked.find((item) => item.facts.loadProgress === undefined);
    if (inMemory && released !== undefined) throw failure("PartitionNotLoaded", { partition: released.facts.id });
    const items = inMemory ? wanted.filter((item) => item.facts.loadProgress !== undefined) : wanted;
    return {
      partition_names: items.map((item) => item.name),
      partitionIDs: items.map((item) => item.facts.id),
      created_timestamps: items.map((item) => hybridTime(item.facts.createdAt)),
      created_utc_timestamps: items.map((item) => item.facts.createdAt),
      ...(inMemory && { inMemory_percentages: items.map((item) => item.facts.loadProgress) }),
    };
  },
};
