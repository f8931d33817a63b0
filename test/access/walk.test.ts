import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encode, type MessageName, messages } from "../../src/api/grpc/messages/table.js";
import { services } from "../../src/api/grpc/rpcs.js";
import type { RequestField } from "../../src/engine/contract/row.js";
import { contract, isOperation, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { levelOf } from "../../src/engine/model/privileges.js";
import { isElanusError } from "../../src/errors.js";
import { Elanus, type ElanusServer, type ElanusView } from "../../src/index.js";
import { methodOf } from "../../src/namespaces.js";
import { framed, GrpcClient } from "../api/grpc/grpc-client.js";
import { LEGACY_NEEDS, type Needed, RPC_NEEDS, V1_NEEDS, V2_NEEDS } from "./privilege-table.js";

/** How a call was let in or not; what came of it afterwards is of no account. */
type Outcome = "unauthenticated" | "denied" | "in";

/** One call on one surface, as whoever the token says. */
interface Call {
  readonly title: string;
  readonly needs: Needed | undefined;
  readonly send: (token: string | undefined) => Promise<Outcome>;
}

const MILVUS = "milvus.proto.milvus.MilvusService";
let db: Elanus;
let server: ElanusServer;
let grpc: GrpcClient;
const views = new Map<string, ElanusView>();

beforeAll(async () => {
  db = await Elanus.open(":memory:", {
    durability: "off",
    v1ErrorDialect: "server",
    auth: { users: { root: "Milvus", chief: "secret1", anna: { password: "secret1", roles: [] } } },
  });
  await db.roles.create({ roleName: "r" });
  await db.users.grantRole({ userName: "anna", roleName: "r" });
  server = await db.listen({ port: 0 });
  grpc = new GrpcClient(server);
  for (const user of ["anna", "chief"]) views.set(`${user}:secret1`, await db.as({ user, password: "secret1" }));
});
afterAll(async () => {
  grpc.session.destroy();
  await db.close();
});

/** Of all surfaces at once; most of what it names does not exist. */
const BODY = {
  collectionName: "c",
  collection_name: "c",
  newCollectionName: "d",
  partitionName: "p",
  partition_name: "p",
  partitionNames: ["p"],
  partition_names: ["p"],
  dimension: 2,
  filter: "id > 0",
  expr: "id > 0",
  id: [1],
  data: [{ id: 1, vector: [1, 2] }],
  vector: [1, 2],
  vectors: [[1, 2]],
  aliasName: "a",
  alias: "a",
  indexName: "i",
  fieldName: "f",
  userName: "somebody",
  username: "somebody",
  password: "c2VjcmV0MQ==",
  newPassword: "c2VjcmV0MQ==",
  oldPassword: "c2VjcmV0MQ==",
  roleName: "nothing",
  privilegeGroupName: "none",
  privileges: ["Search"],
  privilege: "Search",
  objectType: "Collection",
  objectName: "c",
  propertyKeys: ["x"],
  properties: { x: "1" },
  name: "none",
  text: ["a"],
  schema: { name: "c", fields: [], fieldName: "f", dataType: "Int64" },
  fieldParams: { x: "1" },
  functionName: "f",
  function: { name: "f", type: "BM25", inputFieldNames: ["a"], outputFieldNames: ["b"] },
  outputField: { fieldName: "b", dataType: "SparseFloatVector" },
  snapshotName: "s",
  path: "none",
  targetS3Path: "/nowhere/at/all",
  snapshotMetadataURI: "/nowhere/at/all",
  targetCollectionName: "d",
  collectionID: 1,
  resource_groups: {},
  sourceRgName: "none",
  targetRgName: "none",
  sourceNodeID: 1,
  replicaNum: 1,
  nodeNum: 1,
  jobId: 1,
  pinId: 1,
  search: [{ data: [[1, 2]] }],
  rerank: { strategy: "rrf", params: { k: 60 } },
  dbName: "default",
};

/** One key has two kinds of values. */
function bodyOf(path: string): object {
  return path.includes("indexes/create") ? { ...BODY, indexParams: [] } : BODY;
}

async function byHttp(method: string, path: string, token: string | undefined): Promise<Outcome> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    ...(method === "GET" ? {} : { body: JSON.stringify(bodyOf(path)) }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (response.status === 401) {
    expect(text, path).toContain("1800");
    return "unauthenticated";
  }
  if (response.status !== 403) return "in";
  const { code, error_code, message, reason } = JSON.parse(text) as Record<string, unknown>;
  expect(code, path).toBe(65535);
  if (path.startsWith("/api/v1")) {
    expect([error_code, reason], path).toEqual([
      3,
      expect.stringMatching(/^Privilege\w+: permission deny to anna in /),
    ]);
  } else {
    expect(message, path).toMatch(
      /^rpc error: code = PermissionDenied desc = Privilege\w+: permission deny to anna in the `\S+` database$/,
    );
  }
  return "denied";
}

/** Everything that a message of the protocol can be asked about, under each of the names that messages have for it. */
function messageOf(name: string): Buffer {
  const spec = (messages as Record<string, Record<string, readonly [number, string, string?]>>)[name];
  if (spec === undefined) return Buffer.alloc(0);
  const named = { name: "nothing" };
  const entity = {
    role: named,
    object: { name: "Collection" },
    object_name: "c",
    grantor: { privilege: { name: "Search" } },
  };
  const known: Record<string, unknown> = {
    collection_name: "c",
    collectionName: "c",
    partition_name: "p",
    alias: "a",
    index_name: "i",
    field_name: "f",
    username: "somebody",
    user: { name: "somebody" },
    password: BODY.password,
    oldPassword: BODY.password,
    newPassword: BODY.password,
    role: named,
    role_name: "nothing",
    group_name: "none",
    oldName: "c",
    newName: "d",
    expr: "id > 0",
    dsl: "",
    entity: name === "CreateRoleRequest" ? named : entity,
    grantor: entity.grantor,
    delete_keys: ["x"],
    privileges: [{ name: "Search" }],
    request: '{"metric_type":"system_info"}',
    resource_group: "none",
    ...(name === "BatchDescribeCollectionRequest" && { collection_name: ["c"] }),
    ...(name === "FlushRequest" && { collection_names: ["c"] }),
    ...(name === "AlterDatabaseRequest" && { delete_keys: ["x"] }),
  };
  const message = Object.fromEntries(Object.entries(known).filter(([key]) => Object.hasOwn(spec, key)));
  return encode(name as MessageName, message as never);
}

async function byGrpc(path: string, request: Buffer, token: string | undefined): Promise<Outcome> {
  const headers = token === undefined ? {} : { authorization: Buffer.from(token).toString("base64") };
  const { code, message } = await grpc.raw(path, framed(request), headers);
  if (code === 16) {
    expect(message, path).toMatch(/^(?:missing authorization in header|auth check failure, please check username)/);
    return "unauthenticated";
  }
  if (code !== 7) return "in";
  expect(message, path).toMatch(/^Privilege\w+: permission deny to anna in the `default` database$/);
  return "denied";
}

/** Undefined where a view cannot even be had. */
async function byView(path: OperationPath, token: string | undefined): Promise<Outcome> {
  const view = token === undefined ? undefined : views.get(token);
  if (view === undefined) {
    const [user = "", password = ""] = token?.split(":") ?? [];
    const refused = await db.as({ user, password }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "NotAuthenticated" });
    return "unauthenticated";
  }
  const known = Object.entries<RequestField>(contract[path].request).flatMap(([key, { kind }]) =>
    Object.hasOwn(bodyOf(path), key) && kind !== "columns" ? [key] : [],
  );
  const request = Object.fromEntries(known.map((key) => [key, bodyOf(path)[key as never]]));
  try {
    await methodOf(view, path)({ ...request, ...(Object.hasOwn(request, "schema") && { schema: SCHEMAS[path] }) });
    return "in";
  } catch (error) {
    return isElanusError(error, "PermissionDenied") ? "denied" : "in";
  }
}

/** Typed calls refuse what they do not know. */
const SCHEMAS: Readonly<Record<string, object>> = {
  "collections/create": { fields: [] },
  "collections/fields/add": { fieldName: "f", dataType: "Int64" },
  "collections/struct_fields/add": { fieldName: "s", dataType: "ArrayOfStruct", fields: [] },
};

function calls(): { readonly [surface: string]: readonly Call[] } {
  const source = (file: string) => readFileSync(new URL(`../../src/api/${file}`, import.meta.url), "utf8");
  const v1 = [...source("rest/v1/routes.ts").matchAll(/\["(GET|POST)", "([\w/-]+)", \{/g)];
  const legacy = [...source("legacy-9091/routes.ts").matchAll(/"(GET|POST|PUT|PATCH|DELETE) (\/[\w/-]+)":/g)];
  const query = new URLSearchParams({ collectionName: "c", collection_name: "c" }).toString();
  const http = (method: string, path: string, needs: Needed | undefined): Call => ({
    title: `${method} ${path}`,
    needs,
    send: (token) => byHttp(method, `${path}?${query}`, token),
  });
  return {
    "REST v2": operationPaths.map((path) => http("POST", `/v2/vectordb/${path}`, V2_NEEDS.get(path))),
    "REST v1": v1.map(([, method = "", path = ""]) =>
      http(method, `/v1/vector/${path}`, V1_NEEDS.get(`${method}:${path}`)),
    ),
    "port 9091": legacy.map(([, method = "", path = ""]) =>
      http(method, `/api/v1${path}`, LEGACY_NEEDS.get(`${method}:${path}`)),
    ),
    gRPC: Object.entries(services[MILVUS] ?? {}).map(([name, { request }]) => ({
      title: name,
      needs: RPC_NEEDS.get(name),
      send: (token) => byGrpc(`/${MILVUS}/${name}`, messageOf(request), token),
    })),
    typed: operationPaths.map((path) => ({
      title: path,
      needs: V2_NEEDS.get(path),
      send: (token) => byView(path, token),
    })),
  };
}

const grant = (privilege: string, { object, name }: Needed) => {
  const group = privilege !== name;
  const wide = levelOf(name) === "Cluster" && group;
  const objectName = object === "Collection" ? "c" : object === "User" && !group ? "somebody" : "*";
  return {
    roleName: "r",
    privilege,
    collectionName: wide ? "*" : objectName,
    dbName: wide ? "*" : "default",
  };
};

/** What everybody may do, until it is revoked. */
const PUBLIC = [
  ["Global", "DescribeCollection"],
  ["Global", "ListAliases"],
  ["Collection", "IndexDetail"],
] as const;

describe("every call of every surface", () => {
  it("stands in the table of privileges, and nothing else does", () => {
    const found = calls();
    expect([...V2_NEEDS.keys()].sort()).toEqual([...operationPaths].sort());
    expect([...V1_NEEDS.keys()]).toHaveLength(found["REST v1"]?.length ?? 0);
    expect([...LEGACY_NEEDS.keys()]).toHaveLength(found["port 9091"]?.length ?? 0);
    const answered = Object.entries(services[MILVUS] ?? {}).filter(([, { answer }]) => answer !== undefined);
    expect([...RPC_NEEDS.keys()].sort()).toEqual(answered.map(([name]) => name).sort());
    for (const path of V2_NEEDS.keys()) expect(isOperation(path)).toBe(true);
  });

  it.each(Object.entries(calls()))("of %s: six who call", { timeout: 120_000 }, async (surface, list) => {
    for (const [objectType, privilege] of PUBLIC) {
      await db.roles.revokePrivilege({ roleName: "public", objectType, objectName: "*", privilege, dbName: "*" });
    }
    const counts = { unauthenticated: 0, denied: 0, in: 0 };
    const ask = async (call: Call, token: string | undefined, expected: Outcome) => {
      counts[expected]++;
      expect(await call.send(token), `${surface} ${call.title} as ${token}`).toBe(expected);
    };
    for (const call of list) {
      const { needs } = call;
      await ask(call, undefined, "unauthenticated");
      await ask(call, "anna:wrong", "unauthenticated");
      await ask(call, "anna:secret1", needs === undefined ? "in" : "denied");
      if (needs !== undefined) {
        const own = grant(needs.name, needs);
        await db.roles.grantPrivilegeV2(own);
        await ask(call, "anna:secret1", "in");
        await db.roles.revokePrivilegeV2(own);
        const group = { privilegeGroupName: "g", privileges: [needs.name] };
        await db.privilegeGroups.create({ privilegeGroupName: "g" });
        await db.privilegeGroups.addPrivilegesToGroup(group);
        const grouped = grant("g", needs);
        await db.roles.grantPrivilegeV2(grouped);
        await ask(call, "anna:secret1", "in");
        await db.roles.revokePrivilegeV2(grouped);
        await db.privilegeGroups.drop({ privilegeGroupName: "g" });
        await ask(call, "anna:secret1", "denied");
      }
      await ask(call, "chief:secret1", "in");
    }
    // Who is nobody is turned away twice; whom a privilege is missing before and after; the others come in.
    const needing = list.filter((call) => call.needs !== undefined).length;
    expect(counts).toEqual({
      unauthenticated: 2 * list.length,
      denied: 2 * needing,
      in: 2 * list.length + needing,
    });
  });
});
