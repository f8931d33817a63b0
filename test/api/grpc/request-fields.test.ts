import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decode, encode, type MessageName, messages } from "../../../src/api/grpc/messages/table.js";
import { services } from "../../../src/api/grpc/rpcs.js";
import { FUTURE_MESSAGE_FIELDS } from "../../../src/engine/contract/future-fields.js";
import {
  MESSAGE_FIELDS_WITHOUT_EFFECT,
  PARAMETERS_WITHOUT_EFFECT,
} from "../../../src/engine/contract/without-effect.js";
import { type ProtoField, protocol26, protocol30 } from "./descriptors.js";
import { framed, unframed } from "./grpc-client.js";
import { indexed, pairs, type Served, serve } from "./served.js";

/**
 * The walk: every field of every request that the official clients know is read here, or refused by name, or stands in the table
 * of what has no effect. A feature that lands brings its fields into the messages, and takes them from REFUSED.
 */

/** Fields that are refused, and the test or the rule that shows it. */
const REFUSED: Readonly<Record<string, string>> = {
  "ScalarField.mol_data": "of a type that no field can have",
  "ScalarField.mol_smiles_data": "of a type that no field can have",
  "ScalarField.date_data": "of a type that no field can have",
  "ScalarField.time_data": "of a type that no field can have",
  "ValueField.date_data": "of a type that no field can have",
  "ValueField.time_data": "of a type that no field can have",
  "SubSearchRequest.placeholder_group": "of `sub_reqs`, which is refused",
  "SubSearchRequest.dsl_type": "of `sub_reqs`, which is refused",
  "SubSearchRequest.search_params": "of `sub_reqs`, which is refused",
  "SubSearchRequest.nq": "of `sub_reqs`, which is refused",
  "SubSearchRequest.expr_template_values": "of `sub_reqs`, which is refused",
  "SubSearchRequest.namespace": "of `sub_reqs`, which is refused",
  "AlterCollectionSchemaRequest.DropRequest.drop_function_output_fields": "of a function, which is refused",
};

interface Walked {
  readonly rpc: string;
  readonly message: string;
  readonly field: string;
  readonly read: boolean;
}

const protocols = [protocol30, protocol26];
const short = (type: string) => type.slice(type.lastIndexOf(".") + 1);

/** The fields of a message, as any of the clients has them. */
function fieldsOf(message: string): Readonly<Record<string, ProtoField>> {
  return Object.assign({}, ...protocols.map((protocol) => protocol.message(message)?.fields ?? {})) as never;
}

function walkedFields(): readonly Walked[] {
  const walked: Walked[] = [];
  const seen = new Set<string>();
  const visit = (rpc: string, message: string): void => {
    if (seen.has(message)) return;
    seen.add(message);
    const ours: object = messages[message as MessageName] ?? {};
    for (const [field, { type }] of Object.entries(fieldsOf(message))) {
      const read = field in ours;
      walked.push({ rpc, message, field, read });
      const inner = [`${message.split(".")[0]}.${short(type)}`, short(type)].find((name) => name in messages);
      if (read && inner !== undefined) visit(rpc, inner);
    }
  };
  for (const rpcs of Object.values(services)) {
    for (const [name, rpc] of Object.entries(rpcs)) if (rpc.answer !== undefined) visit(name, rpc.request);
  }
  return walked;
}

const walk = walkedFields();
const refusals = new Set(
  Object.values(FUTURE_MESSAGE_FIELDS)
    .flat()
    .map((path) => path.replace(/^.*\./, "")),
);

/** Names that stand where requests are handled. */
const handled = new Set(
  readdirSync("src/api/grpc", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("messages"))
    .flatMap((file) => readFileSync(join("src/api/grpc", file), "utf8").match(/\w+/g) ?? []),
);

function classesOf(each: Walked): string[] {
  const { message, field, read } = each;
  const name = `${message}.${field}`;
  const refused = name in REFUSED || (read && refusals.has(field));
  // A reason that holds for every message with such a field says nothing of those that are read.
  const harmless = MESSAGE_FIELDS_WITHOUT_EFFECT[name] ?? (read ? undefined : MESSAGE_FIELDS_WITHOUT_EFFECT[field]);
  return [
    ...(refused ? ["refused"] : []),
    ...(harmless === undefined ? [] : ["without effect"]),
    ...(read && !refused && harmless === undefined ? ["executed"] : []),
  ];
}

describe("every field of a request of the official clients", () => {
  it("is found: the walk goes through the messages", () => {
    expect(walk.length).toBeGreaterThan(400);
  });

  it.each(walk.map((each) => [`${each.message}.${each.field}`, each] as const))("has its class: %s", (_name, each) => {
    expect(classesOf(each)).toHaveLength(1);
  });

  it("that has a reason to be without effect is one of some message", () => {
    const names = new Set(walk.flatMap(({ message, field }) => [field, `${message}.${field}`]));
    for (const key of [...Object.keys(MESSAGE_FIELDS_WITHOUT_EFFECT), ...Object.keys(REFUSED)]) {
      expect(names, key).toContain(key);
    }
  });

  it("that is executed is named where requests are handled", () => {
    const unnamed = walk.filter((each) => classesOf(each)[0] === "executed" && !handled.has(each.field));
    expect(unnamed.map(({ message, field }) => `${message}.${field}`)).toEqual([]);
  });
});

/** Something in a field. */
function someValue(message: string, field: string): unknown {
  const { type, rule, keyType } = fieldsOf(message)[field] as ProtoField;
  const name = short(type);
  if (keyType !== undefined) return { a: name === "string" ? "b" : 1 };
  const isMessage = protocols.some((protocol) => protocol.message(name)?.fields !== undefined);
  const one =
    name === "string" ? "a" : name === "bool" ? true : name === "bytes" ? Buffer.from("a") : isMessage ? {} : 1;
  return rule === "repeated" ? [one] : one;
}

const book = { collection_name: "book" };
/** A request that succeeds; others are sent empty, and fail or succeed in the same way. */
const REQUESTS: Readonly<Record<string, object>> = {
  HasCollection: book,
  DescribeCollection: book,
  LoadCollection: book,
  ReleaseCollection: book,
  GetLoadState: book,
  DescribeIndex: book,
  Query: { ...book, expr: "id >= 0", output_fields: ["title"] },
  Delete: { ...book, expr: "id in [77]" },
  GetCollectionStatistics: book,
  ShowPartitions: book,
  ManualCompaction: book,
  Flush: { collection_names: ["book"] },
};

/** What an answer says beside the time at which it was given. */
function timeless(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) => {
      if (/(_ts|timestamps?|time|TimeStamp|identifier|_time|cost|compactionID|physical_timestamp\w*)$/i.test(key))
        return 0;
      if (typeof item === "bigint") return String(item);
      return item instanceof Map ? [...item.keys()] : item;
    }),
  );
}

async function ready(): Promise<Served> {
  const served = await serve();
  await indexed(served, "book");
  await served.ok("LoadCollection", book);
  await served.db.entities.insert({ collectionName: "book", data: [{ id: 1, vec: [1, 2, 3, 4], title: "a" }] });
  return served;
}

describe("a field without effect", () => {
  const rpcs = Object.entries(services).flatMap(([service, all]) =>
    Object.entries(all).flatMap(([name, rpc]) => {
      const fields = walk.filter((each) => each.message === rpc.request && classesOf(each)[0] === "without effect");
      return rpc.answer === undefined || fields.length === 0 ? [] : [{ service, name, rpc, fields }];
    }),
  );

  it("leaves every answer as it is", async () => {
    const served = await ready();
    let sent = 0;
    for (const { service, name, rpc, fields } of rpcs) {
      const request = REQUESTS[name] ?? {};
      const type = protocol30.protobuf.Root.fromJSON(protocol30.json as never).lookupType(rpc.request);
      const send = async (more: object) => {
        const bytes = type.encode(type.fromObject({ ...request, ...more })).finish();
        const { body } = await served.client.raw(`/${service}/${name}`, framed(bytes));
        return timeless(decode(rpc.reply, unframed(body)));
      };
      const plain = await send({});
      for (const { field } of fields) {
        if (type.fields[field] === undefined) continue;
        sent += 1;
        expect(await send({ [field]: someValue(rpc.request, field) }), `${name} ${field}`).toEqual(plain);
      }
    }
    expect(sent).toBeGreaterThan(80);
  });

  it.each(Object.keys(PARAMETERS_WITHOUT_EFFECT.query))("leaves a query as it is: %s", async (key) => {
    const served = await ready();
    const query = async (params: Record<string, string>) =>
      timeless(await served.ok("Query", { ...(REQUESTS["Query"] as object), query_params: pairs(params) }));
    expect(await query({ [key]: "true" })).toEqual(await query({}));
  });
});

/** A query vector of a search. */
const QUERY = encode("PlaceholderGroup", {
  placeholders: [{ tag: "$0", type: 101, values: [new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)] }],
});

describe("a parameter that is not done", () => {
  it("is refused wherever it stands: json_type", async () => {
    const served = await ready();
    const refusal = [3000, 1, "unsupported operation: json_type is not supported by the embedded engine"];
    const params = pairs({ json_type: "5", limit: "3", topk: "3", anns_field: "vec" });
    expect(await served.fails("Search", { ...book, search_params: params })).toEqual(refusal);
    expect(await served.fails("HybridSearch", { ...book, rank_params: params })).toEqual(refusal);
    const part = { ...book, search_params: params, nq: 1n };
    const rank_params = pairs({ limit: "3" });
    expect(await served.fails("HybridSearch", { ...book, requests: [part], rank_params })).toEqual(refusal);
  });

  // Clients put all that a search is tuned by into `params`: what has a key beside it would not be seen there.
  it.each([
    ["group_by_field", "title"],
    ["group_size", 2],
    ["strict_group_size", true],
    ["json_path", "/a"],
    ["json_type", "x"],
    ["iterator", "True"],
    ["search_iter_v2", "True"],
    ["search_aggregation", { fields: ["title"] }],
    ["function_chains", [1]],
    ["highlighter", { type: "Lexical" }],
  ])("is refused where it stands among those that tune a search: %s", async (key, value) => {
    const served = await ready();
    const refusal = [3000, 1, `unsupported operation: params.${key} is not supported by the embedded engine`];
    const params = (more: object) =>
      pairs({ limit: "3", topk: "3", anns_field: "vec", params: JSON.stringify({ ef: 9, ...more }) });
    const search = (more: object) => ({
      ...book,
      search_params: params(more),
      nq: 1n,
      dsl_type: 1,
      placeholder_group: QUERY,
    });
    const rank_params = pairs({ limit: "3" });
    expect(await served.fails("Search", search({ [key]: value }))).toEqual(refusal);
    const hybrid = { ...book, requests: [search({ [key]: value })], rank_params };
    expect(await served.fails("HybridSearch", hybrid)).toEqual(refusal);
    // What is empty asks for nothing; a key that nobody knows goes to the index, as on a server.
    await served.ok("Search", search({ [key]: null, made_up: 1 }));
  });

  it("is none where it stands beside them as well, as the iterator of the client for Node sends all", async () => {
    const served = await ready();
    const iterator = { iterator: true, search_iter_v2: true, search_iter_batch_size: 3 };
    const twice = { ...iterator, limit: "3", topk: "3", anns_field: "vec", params: JSON.stringify(iterator) };
    const texts = Object.fromEntries(Object.entries(twice).map(([key, value]) => [key, String(value)]));
    const search = { ...book, search_params: pairs(texts), nq: 1n, dsl_type: 1, placeholder_group: QUERY };
    await served.ok("Search", search);
  });
});
