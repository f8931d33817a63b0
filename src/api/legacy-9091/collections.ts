import type { CollectionFacts } from "../../engine/contract/facts.js";
import { failure } from "../../errors.js";
import { hybridTime } from "../../values/hybrid-time.js";
import type { Fields } from "../fields.js";
import { type LegacyCall, type LegacyEndpoint, numberField, textField, textsField } from "./call.js";
import type { Message } from "./decode.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };

/** `GET /api/v1/collections` and `GET /api/v1/partitions` with this `type`: what is loaded, and how far. */
export const IN_MEMORY = 1;

export const dropCollection: LegacyEndpoint = {
  message: COLLECTION,
  reply: "status",
  run: async ({ collection, run }) => {
    await run("collections/drop", collection);
    return undefined;
  },
};

export const hasCollection: LegacyEndpoint = {
  message: COLLECTION,
  reply: "data",
  run: async ({ collection, run }) => ({ value: (await run("collections/has", collection)).has }),
};

export const loadCollection: LegacyEndpoint = {
  message: { ...COLLECTION, replica_number: "int" },
  reply: "status",
  action: "load collection",
  run: async ({ collection, fields, run }) => {
    await run("collections/load", { ...collection, replicaNumber: numberField(fields, "replica_number") });
    return undefined;
  },
};

export const releaseCollection: LegacyEndpoint = {
  message: COLLECTION,
  reply: "status",
  run: async ({ collection, run }) => {
    await run("collections/release", collection);
    return undefined;
  },
};

export const collectionStatistics: LegacyEndpoint = {
  message: COLLECTION,
  reply: "data",
  run: async ({ collection, run }) => rowCount((await run("collections/get_stats", collection)).rowCount),
};

/** How statistics show a number of rows. */
export function rowCount(rows: number): Fields {
  return { stats: [{ key: "row_count", value: String(rows) }] };
}

/** `GET /api/v1/collections`: all of a database, or those that are loaded. */
export const listCollections: LegacyEndpoint = {
  message: { db_name: "string", type: "int", collection_names: "strings" },
  reply: "data",
  run: async (call) => {
    const all = await listed(call);
    const names = textsField(call.fields, "collection_names");
    const asked = names.map((name) => {
      const found = all.find((item) => item.name === name);
      if (found === undefined) {
        throw failure("CollectionNotFound", { database: call.collection.dbName || "default", collection: name });
      }
      return found;
    });
    if (numberField(call.fields, "type") !== IN_MEMORY) return described(all);
    const released = asked.find((item) => item.facts.loadProgress === undefined);
    if (released !== undefined) throw failure("NamedCollectionNotLoaded", { collection: released.name });
    const loaded = (names.length === 0 ? all : asked).filter((item) => item.facts.loadProgress !== undefined);
    return {
      ...described(loaded),
      inMemory_percentages: loaded.map((item) => item.facts.loadProgress),
      query_service_available: loaded.map((item) => item.facts.loadProgress === 100),
    };
  },
};

interface Listed {
  readonly name: string;
  readonly facts: CollectionFacts;
}

async function listed({ collection, reply }: LegacyCall): Promise<readonly Listed[]> {
  const { data, facts = [] } = await reply("collections/list", { dbName: collection.dbName });
  return data.map((name, i) => ({ name, facts: facts[i] as CollectionFacts }));
}

function described(items: readonly Listed[]): Fields {
  return {
    collection_names: items.map((item) => item.name),
    collection_ids: items.map((item) => item.facts.id),
    created_timestamps: items.map((item) => hybridTime(item.facts.createdAt)),
    created_utc_timestamps: items.map((item) => item.facts.createdAt),
  };
}

/** The name of a collection that is known by its number. @throws CollectionMissing */
export async function nameOfId(call: LegacyCall, id: number): Promise<string> {
  const found = (await listed(call)).find((item) => item.facts.id === id);
  if (found === undefined) throw failure("CollectionMissing", { collection: String(id) });
  return found.name;
}

const ALIAS: Message = { ...COLLECTION, alias: "string" };

function aliasEndpoint(path: "aliases/create" | "aliases/alter"): LegacyEndpoint {
  return {
    message: ALIAS,
    reply: "status",
    run: async ({ collection, fields, run }) => {
      await run(path, { ...collection, aliasName: textField(fields, "alias") });
      return undefined;
    },
  };
}

export const createAlias: LegacyEndpoint = aliasEndpoint("aliases/create");
export const alterAlias: LegacyEndpoint = aliasEndpoint("aliases/alter");
export const dropAlias: LegacyEndpoint = {
  message: ALIAS,
  reply: "status",
  run: async ({ collection, fields, run }) => {
    await run("aliases/drop", { dbName: collection.dbName, aliasName: textField(fields, "alias") });
    return undefined;
  },
};
