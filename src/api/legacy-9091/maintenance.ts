import { now } from "../../values/clock.js";
import { hybridTime } from "../../values/hybrid-time.js";
import { importTask } from "../import-tasks.js";
import { type LegacyEndpoint, numberField, textsField } from "./call.js";
import { nameOfId } from "./collections.js";

/** `POST /api/v1/persist`: every answered write is on disk already; what is reported is that nothing is left to flush. */
export const persist: LegacyEndpoint = {
  message: { db_name: "string", collection_name: "string", collection_names: "strings" },
  reply: "data",
  run: async ({ fields, collection, run }) => {
    const single = collection.collectionName === "" ? [] : [collection.collectionName];
    const names = [...single, ...textsField(fields, "collection_names")];
    if (names.length > 0) await run("collections/flush", { ...collection, collectionNames: names });
    const each = (value: unknown) => Object.fromEntries(names.map((name) => [name, value]));
    const ms = now();
    return {
      coll_segIDs: each({ data: [] }),
      flush_coll_segIDs: each({}),
      coll_seal_times: each(Math.floor(ms / 1000)),
      coll_flush_ts: each(hybridTime(ms)),
    };
  },
};

/** `GET /api/v1/persist/state` */
export const persistState: LegacyEndpoint = {
  message: { db_name: "string", collection_name: "string", segmentIDs: "array" },
  reply: "data",
  run: async ({ collection, run }) => ({ ...(await run("collections/get_flush_state", collection)) }),
};

/** `POST /api/v1/compaction`, of a collection by its number. */
export const compact: LegacyEndpoint = {
  message: { db_name: "string", collection_name: "string", collectionID: "long", timetravel: "long" },
  reply: "data",
  run: async (call) => {
    const { collection, fields, run } = call;
    const id = numberField(fields, "collectionID");
    const collectionName =
      id === undefined || collection.collectionName !== "" ? collection.collectionName : await nameOfId(call, id);
    return { compactionID: (await run("collections/compact", { ...collection, collectionName })).compactionID };
  },
};

const COMPACTION_COMPLETED = 2;

/** `GET /api/v1/compaction/state`: a compaction is done when it has been answered. */
export const compactionState: LegacyEndpoint = {
  message: { compactionID: "long" },
  reply: "data",
  run: async () => ({ state: COMPACTION_COMPLETED }),
};

/** `GET /api/v1/compaction/plans`: what was merged into what, which is nothing. */
export const compactionPlans: LegacyEndpoint = {
  message: { compactionID: "long" },
  reply: "data",
  run: async () => ({ state: COMPACTION_COMPLETED, mergeInfos: [] }),
};

/** `GET /api/v1/import/tasks` */
export const importTasks: LegacyEndpoint = {
  message: { collection_name: "string", limit: "long", db_name: "string" },
  reply: "data",
  run: async ({ run, collection }) => {
    const { records } = await run("jobs/import/list", collection);
    const tasks = [];
    for (const { jobId } of records) tasks.push(importTask(await run("jobs/import/describe", { jobId })));
    return { tasks };
  },
};
