import fc from "fast-check";
import { type Answer, type Peer, sorted } from "./peer.js";

/** Partitions that sequences speak of: `none` is never made. */
export const PARTITIONS = ["_default", "a", "b", "none"] as const;
export const COLLECTION = "book";

/** A step of a sequence, with the surface it is sent over. */
export type Operation =
  | { readonly kind: "create" | "drop"; readonly partition: string; readonly over: "legacy" | "grpc" }
  | { readonly kind: "load" | "release"; readonly partitions: readonly string[]; readonly over: "legacy" | "grpc" }
  | { readonly kind: "loadAll" | "releaseAll"; readonly over: "legacy" | "grpc" }
  | { readonly kind: "insert"; readonly partition: string; readonly rows: number; readonly over: "legacy" | "v1" }
  | { readonly kind: "delete"; readonly keys: readonly number[]; readonly over: "legacy" | "grpc" }
  | { readonly kind: "query"; readonly partitions: readonly string[]; readonly over: "legacy" | "grpc" | "v1" };

const partition = fc.constantFrom(...PARTITIONS);
const named = fc.constantFrom("a", "b", "none", "_default", "a", "b");
const partitions = fc.uniqueArray(partition, { maxLength: 3 });
const either = fc.constantFrom("legacy" as const, "grpc" as const);

export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("create" as const, "drop" as const), partition: named, over: either }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("load" as const, "release" as const), partitions, over: either }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("loadAll" as const, "releaseAll" as const), over: either }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("insert" as const),
      partition,
      rows: fc.integer({ min: 1, max: 3 }),
      over: fc.constantFrom("legacy" as const, "v1" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("delete" as const),
      keys: fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 3 }),
      over: either,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("query" as const),
      partitions,
      over: fc.constantFrom("legacy" as const, "grpc" as const, "v1" as const),
    }),
  },
);

const c = { collection_name: COLLECTION };
const EVERY_ROW = "id >= 0";

/** Makes the collection that a sequence works on, with an index on its vectors, not loaded. */
export async function prepare(peer: Peer): Promise<void> {
  const key = { name: "id", is_primary_key: true, data_type: 5 };
  const vector = { name: "v", data_type: 101, type_params: [{ key: "dim", value: "2" }] };
  const extra_params = Object.entries({ metric_type: "L2", index_type: "FLAT", params: "{}" });
  await peer.legacy("DELETE /collection/load", c);
  await peer.legacy("DELETE /collection", c);
  const answers = [
    await peer.legacy("POST /collection", {
      ...c,
      schema: { name: COLLECTION, fields: [key, vector] },
      consistency_level: 0,
    }),
    await peer.legacy("POST /index", {
      ...c,
      field_name: "v",
      extra_params: extra_params.map(([key, value]) => ({ key, value })),
    }),
  ];
  if (answers.some(({ code }) => code !== 0)) throw new Error(`not prepared: ${JSON.stringify(answers)}`);
}

/** Does one step; `next` is the first key that no row has had yet. */
export async function perform(peer: Peer, step: Operation, next: number): Promise<Answer> {
  switch (step.kind) {
    case "create":
    case "drop": {
      const message = { ...c, partition_name: step.partition };
      if (step.over === "legacy")
        return codeOf(await peer.legacy(step.kind === "create" ? "POST /partition" : "DELETE /partition", message));
      return codeOf(
        step.kind === "create"
          ? await peer.grpc("CreatePartition", "CreatePartitionRequest", message, "Status")
          : await peer.grpc("DropPartition", "DropPartitionRequest", message, "Status"),
      );
    }
    case "load":
    case "release": {
      const message = { ...c, partition_names: [...step.partitions] };
      if (step.over === "legacy")
        return codeOf(
          await peer.legacy(step.kind === "load" ? "POST /partitions/load" : "DELETE /partitions/load", message),
        );
      return codeOf(
        step.kind === "load"
          ? await peer.grpc("LoadPartitions", "LoadPartitionsRequest", { ...message, replica_number: 1 }, "Status")
          : await peer.grpc("ReleasePartitions", "ReleasePartitionsRequest", message, "Status"),
      );
    }
    case "loadAll":
    case "releaseAll":
      if (step.over === "legacy")
        return codeOf(
          await peer.legacy(step.kind === "loadAll" ? "POST /collection/load" : "DELETE /collection/load", c),
        );
      return codeOf(
        step.kind === "loadAll"
          ? await peer.grpc("LoadCollection", "LoadCollectionRequest", { ...c, replica_number: 1 }, "Status")
          : await peer.grpc("ReleaseCollection", "ReleaseCollectionRequest", c, "Status"),
      );
    case "insert":
      return insert(
        peer,
        step,
        Array.from({ length: step.rows }, (_, i) => next + i),
      );
    case "delete": {
      const expr = `id in [${step.keys.join(", ")}]`;
      if (step.over === "legacy") return codeOf(await peer.legacy("DELETE /entities", { ...c, expr }));
      return codeOf(await peer.grpc("Delete", "DeleteRequest", { ...c, expr }, "MutationResult"));
    }
    case "query":
      return query(peer, step);
  }
}

async function insert(peer: Peer, step: Operation & { kind: "insert" }, keys: readonly number[]): Promise<Answer> {
  if (step.over === "v1") {
    const data = keys.map((id) => ({ id, v: [id, 0] }));
    // A v1 insert names no partition.
    return codeOf(await peer.v1("insert", { collectionName: COLLECTION, data }));
  }
  const fields_data = [
    { field_name: "id", type: 5, field: keys },
    { field_name: "v", type: 101, field: keys.map((id) => [id, 0]) },
  ];
  const reply = await peer.legacy("POST /entities", {
    ...c,
    partition_name: step.partition,
    fields_data,
    num_rows: keys.length,
  });
  if (reply.code !== 0) return codeOf(reply);
  const { IDs } = reply as unknown as { IDs: { IdField: { IntId: { data: number[] } } } };
  return { code: 0, keys: sorted(IDs.IdField.IntId.data) };
}

async function query(peer: Peer, step: Operation & { kind: "query" }): Promise<Answer> {
  if (step.over === "v1") {
    const reply = await peer.v1("query", {
      collectionName: COLLECTION,
      filter: EVERY_ROW,
      outputFields: ["id"],
      limit: 100,
    });
    if (reply.code !== 0) return codeOf(reply);
    return { code: 0, keys: sorted((reply["data"] as { id: number }[]).map(({ id }) => id)) };
  }
  const message = { ...c, expr: EVERY_ROW, output_fields: ["id"], partition_names: [...step.partitions] };
  if (step.over === "legacy") {
    const reply = await peer.legacy("POST /query", message);
    if (reply.code !== 0) return codeOf(reply);
    const [field] = (reply["fields_data"] ?? []) as {
      Field: { Scalars: { Data: { LongData: { data?: number[] } } } };
    }[];
    return { code: 0, keys: sorted(field?.Field.Scalars.Data.LongData.data ?? []) };
  }
  const { reply, code } = await peer.grpc("Query", "QueryRequest", message, "QueryResults");
  if (code !== 0) return { code };
  const [field] = reply.fields_data ?? [];
  return { code: 0, keys: sorted(field?.scalars?.long_data?.data ?? []) };
}

function codeOf({ code }: { readonly code: number }): Answer {
  return { code };
}

/** What is loaded: the collection's state, then that of each partition that sequences speak of. */
export async function statesOf(peer: Peer): Promise<readonly (number | string)[]> {
  const states: (number | string)[] = [];
  for (const names of [[], ...PARTITIONS.map((name) => [name])]) {
    const { reply, code } = await peer.grpc(
      "GetLoadState",
      "GetLoadStateRequest",
      { ...c, partition_names: names },
      "GetLoadStateResponse",
    );
    states.push(code === 0 ? Number(reply.state) : `code ${code}`);
  }
  return states;
}
