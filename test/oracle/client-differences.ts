import type { StepResult } from "../clients/harness/walk.js";

const RELEASED = "2.3.5 tells a search of a partition that is not loaded 65535; 2.6 has 201 for it";
const COPIES = "2.3.5 keeps every copy of a key, and counts deleted rows until it compacts; keys are unique here";
const BEHIND = "2.3.5 counts rows when they are written to its storage, and loads and compacts behind";
const LATER = "2.3.5 does not have it yet";
const OWN_NAMES = "2.3.5 leaves out names that the request had";

/** `client | walk | step`, as a pattern, and why it may come to something else on Milvus 2.3.5. */
const differences: readonly (readonly [place: RegExp, why: string])[] = [
  [/search novel|search released/, RELEASED],
  [/quickstart \| (?:search|count|delete by filter|index)$/, COPIES],
  [/statistics$/, BEHIND],
  [/quickstart \| compact$|Java v2 \| life \| (?:quick loads by itself|refresh)$/, BEHIND],
  [/add field$|template$|(?:use|drop) database$|groups$/, LATER],
  [/definitions \| empty$/, "the database was not changed: 2.3.5 has no DescribeDatabase, which pymilvus asks first"],
  [
    /quickstart \| read late$/,
    "a field that cannot be added is a dynamic key on 2.3.5, where the client sends it all the same",
  ],
  [/(?:quickstart|without nulls) \| (?:version|connect)$/, "each tells its own version"],
  [
    /sdk-node\S* \| quickstart \| (?:query|get)$/,
    "2.3.5 sends all dynamic keys when one is asked for; 2.6 those that are",
  ],
  [/sdk-node\S* \| quickstart \| metrics$/, "there is one proxy here, and it has no number"],
  [/sdk-node\S* \| partitions \| unknown collection$/, "2.6 marks what the caller did wrong"],
  [/iterators \| search iterator$/, "equal scores come by key here, and in the order of their segments there"],
  [/describe alias$|list aliases$/, OWN_NAMES],
  [/quickstart \| describe$/, "2.3.5 has no timestamp of a schema, and names no database in it"],
  [/sdk-node\S* \| quickstart \| delete$/, "2.3.5 sends an empty list of keys, which pymilvus takes for the answer"],
  [/definitions \| show (?:collections|loaded)$/, "2.3.5 does not say how many shards there are"],
  [/not there$/, "what a failed description holds besides"],
  [/drop property$/, "2.3.5 cannot take a property back"],
  [/definitions \| role$/, "the rights of the role public are those of 2.6"],
  [/definitions \| list databases$|Go v1 \| without nulls \| databases$/, "2.3.5 gives them in no order"],
  [/Go v2 \| without nulls \| quick index$/, "2.3.5 takes IP where no metric is named; 2.6 takes COSINE"],
  [/Go v2 \| without nulls \| describe index$/, "2.6 gives build parameters as pairs and as JSON"],
];

/** Why a step may differ; undefined when it must not. */
export function knownDifference(client: string, walk: string, step: string): string | undefined {
  const place = `${client} | ${walk} | ${step}`;
  return differences.find(([pattern]) => pattern.test(place))?.[1];
}

/** What differs from server to server: times, texts, ids of collections and the like, what the machine looks like. */
const PASSING =
  /time|_ts$|identifier|^(?:collection|db|index|partition)_?ids?$|nodes_info|version|cost|channel|positions?$|reason|detail|message/i;

/** A result as it is compared: codes of failures, keys and states; no texts of errors, times or addresses. */
export function comparable({ value, error }: StepResult): unknown {
  return error === undefined ? { value: shape(value) } : { code: error.code };
}

function shape(value: unknown, key = ""): unknown {
  if (PASSING.test(key)) return "...";
  if (Array.isArray(value)) return value.map((item) => shape(item));
  // How a client prints its own objects.
  if (typeof value === "string" && /^[<(]/.test(value)) return "...";
  if (typeof value !== "object" || value === null) return value;
  const isListing = "name" in value && "timestamp" in value;
  const entries = Object.entries(value).map(
    ([name, item]) => [name, shape(item, isListing && name === "id" ? "collection_id" : name)] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
