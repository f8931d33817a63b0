import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decode, encode, type MessageName } from "../../src/api/grpc/messages/table.js";
import type { Rpc } from "../../src/api/grpc/rpc.js";
import { services } from "../../src/api/grpc/rpcs.js";
import { isOperation, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { levelOf } from "../../src/engine/model/privileges.js";
import { isElanusError } from "../../src/errors.js";
import type { ElanusServer, ElanusView } from "../../src/index.js";
import { methodOf } from "../../src/namespaces.js";
import { framed, GrpcClient, unframed } from "../api/grpc/grpc-client.js";
import { LEGACY_NEEDS, type Needed, RPC_NEEDS, V1_NEEDS, V2_NEEDS } from "./privilege-table.js";
import { LEGACY, RPCS } from "./walk-messages.js";
import { OPERATIONS, requestIn, stateFor, V1 } from "./walk-requests.js";
import { openWorld, restore, type World } from "./walk-world.js";

/** How a call ended: "done" when it has done what was asked, its code and text when it has failed for another reason. */
type Outcome = "unauthenticated" | "denied" | "done" | Failed;
type Failed = `${number} ${string}`;

/** One call on one surface, as whoever the token says. */
interface Call {
  readonly title: string;
  readonly needs: Needed | undefined;
  /** Nobody is served: the engine has not what it asks for (3000). */
  readonly isRefused?: boolean;
  readonly request: () => object;
  readonly send: (token: string | undefined, request: object) => Promise<Outcome>;
}

const MILVUS = "milvus.proto.milvus.MilvusService";
let world: World;
let server: ElanusServer;
let grpc: GrpcClient;
const views = new Map<string, ElanusView>();

beforeAll(async () => {
  world = await openWorld();
  server = await world.db.listen({ port: 0 });
  grpc = new GrpcClient(server);
  for (const user of ["anna", "chief"]) views.set(`${user}:secret1`, await world.db.as({ user, password: "secret1" }));
});
afterAll(async () => {
  grpc.session.destroy();
  await world.close();
});

function queryOf(body: object): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(body)) params.append(key, String(value));
  return `?${params}`;
}

async function byHttp(method: string, path: string, body: object, token: string | undefined): Promise<Outcome> {
  const query = method === "GET" ? queryOf(body) : "";
  const response = await fetch(`${server.url}${path}${query}`, {
    method,
    ...(method !== "GET" && { body: JSON.stringify(body) }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (response.status === 401) {
    expect(text, path).toContain("1800");
    return "unauthenticated";
  }
  const answer = JSON.parse(text) as Record<string, unknown>;
  if (response.status === 403) {
    const { code, error_code, message, reason } = answer;
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
  if (path.startsWith("/api/v1")) {
    const { code = 0, reason = "" } = (answer["status"] ?? answer) as { code?: number; reason?: string };
    return code === 0 && response.status === 200 ? "done" : `${code} ${reason}`;
  }
  const { code, message } = answer as { code: number; message?: string };
  return code === (path.startsWith("/v1/") ? 200 : 0) ? "done" : `${code} ${message}`;
}

async function byGrpc(name: string, rpc: Rpc, given: object, token: string | undefined): Promise<Outcome> {
  // Messages of no fields are not all declared.
  const request = rpc.answer === undefined ? Buffer.alloc(0) : encode(rpc.request as MessageName, given as never);
  const headers = token === undefined ? {} : { authorization: Buffer.from(token).toString("base64") };
  const { code, message, body } = await grpc.raw(`/${MILVUS}/${name}`, framed(request), headers);
  if (code === 16) {
    expect(message, name).toMatch(/^(?:missing authorization in header|auth check failure, please check username)/);
    return "unauthenticated";
  }
  if (code === 7) {
    expect(message, name).toMatch(/^Privilege\w+: permission deny to anna in the `default` database$/);
    return "denied";
  }
  if (code !== 0) return `${code} ${message}`;
  const reply = decode(rpc.reply, unframed(body)) as Record<string, unknown>;
  // A reply about several collections has a status for each.
  const [each = reply] = (reply["responses"] ?? []) as Record<string, unknown>[];
  const status = rpc.statusField === "" ? each : each[rpc.statusField ?? ""];
  const { code: failed = 0, reason = "" } = (status ?? {}) as { code?: number; reason?: string };
  return failed === 0 ? "done" : `${failed} ${reason}`;
}

async function byView(path: OperationPath, request: object, token: string | undefined): Promise<Outcome> {
  const view = token === undefined ? undefined : views.get(token);
  if (view === undefined) {
    const [user = "", password = ""] = token?.split(":") ?? [];
    const refused = await world.db.as({ user, password }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "NotAuthenticated" });
    return "unauthenticated";
  }
  try {
    await methodOf(view, path)(request);
    return "done";
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return error.kind === "PermissionDenied" ? "denied" : `${error.code} ${error.message}`;
  }
}

function calls(): { readonly [surface: string]: readonly Call[] } {
  const source = (file: string) => readFileSync(new URL(`../../src/api/${file}`, import.meta.url), "utf8");
  const v1 = [...source("rest/v1/routes.ts").matchAll(/\["(GET|POST)", "([\w/-]+)", \{/g)];
  const legacy = [...source("legacy-9091/routes.ts").matchAll(/"(GET|POST|PUT|PATCH|DELETE) (\/[\w/-]+)":/g)];
  return {
    "REST v2": operationPaths.map((path) => ({
      title: path,
      needs: V2_NEEDS.get(path),
      request: () => requestIn(world, OPERATIONS[path]),
      send: (token, request) => byHttp("POST", `/v2/vectordb/${path}`, request, token),
    })),
    "REST v1": v1.map(([, method = "", path = ""]) => ({
      title: `${method}:${path}`,
      needs: V1_NEEDS.get(`${method}:${path}`),
      request: () => requestIn(world, V1[`${method}:${path}`]),
      send: (token, request) => byHttp(method, `/v1/vector/${path}`, request, token),
    })),
    "port 9091": legacy.map(([, method = "", path = ""]) => ({
      title: `${method}:${path}`,
      needs: LEGACY_NEEDS.get(`${method}:${path}`),
      request: () => requestIn(world, LEGACY[`${method}:${path}`]),
      send: (token, request) => byHttp(method, `/api/v1${path}`, request, token),
    })),
    gRPC: Object.entries(services[MILVUS] ?? {}).map(([name, rpc]) => ({
      title: name,
      needs: RPC_NEEDS.get(name),
      isRefused: rpc.answer === undefined,
      request: () => requestIn(world, RPCS[name]),
      send: (token, request) => byGrpc(name, rpc, request, token),
    })),
    typed: operationPaths.map((path) => ({
      title: path,
      needs: V2_NEEDS.get(path),
      request: () => requestIn(world, OPERATIONS[path]),
      send: (token, request) => byView(path, request, token),
    })),
  };
}

/** Whom a privilege is granted on which object, in a database that a request means. */
const grant = (privilege: string, { object, name }: Needed) => {
  const group = privilege !== name;
  const wide = levelOf(name) === "Cluster" && group;
  const objectName = object === "Collection" ? "c" : object === "User" && !group ? "somebody" : "*";
  return {
    roleName: "r",
    privilege,
    collectionName: wide ? "*" : objectName,
    // Of databases another one than that of the connection is asked about.
    dbName: wide || name.endsWith("Database") ? "*" : "default",
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

  it.each(Object.entries(calls()))("of %s: six who call", async (surface, list) => {
    const { db } = world;
    for (const [objectType, privilege] of PUBLIC) {
      await db.roles.revokePrivilege({ roleName: "public", objectType, objectName: "*", privilege, dbName: "*" });
    }
    const counts = { unauthenticated: 0, denied: 0, done: 0, refused: 0 };
    const wrong: string[] = [];
    const count = (call: Call, token: string | undefined, outcome: Outcome, expected: Exclude<Outcome, Failed>) => {
      const refused = expected === "done" && call.isRefused;
      counts[refused ? "refused" : expected]++;
      const right = refused ? outcome.startsWith("3000 ") : outcome === expected;
      if (!right) wrong.push(`${surface} ${call.title} as ${token}: ${outcome}, not ${expected}`);
    };
    const ask = async (call: Call, token: string | undefined, expected: "unauthenticated" | "denied") =>
      count(call, token, await call.send(token, call.request()), expected);
    let known = "";
    /** Where a call fails, the world may be to blame, which earlier ones have changed: it is brought back, and asked once more. */
    const permitted = async (call: Call, token: string, given?: Parameters<typeof db.roles.grantPrivilegeV2>[0]) => {
      const state = stateFor(call.title);
      const snapshots = /snapshot/i.test(call.title);
      const wanted = `${state} ${snapshots}`;
      const sent = async () => {
        if (given !== undefined) await db.roles.grantPrivilegeV2(given);
        const outcome = await call.send(token, call.request());
        if (given !== undefined) await db.roles.revokePrivilegeV2(given);
        return outcome;
      };
      let outcome = known === wanted ? await sent() : undefined;
      if (outcome !== "done" && !call.isRefused) {
        await restore(world, state, snapshots);
        known = wanted;
        outcome = await sent();
      }
      count(call, token, outcome ?? (await sent()), "done");
    };
    for (const call of list) {
      const { needs } = call;
      await ask(call, undefined, "unauthenticated");
      await ask(call, "anna:wrong", "unauthenticated");
      if (needs === undefined) await permitted(call, "anna:secret1");
      else {
        await ask(call, "anna:secret1", "denied");
        await permitted(call, "anna:secret1", grant(needs.name, needs));
        const group = { privilegeGroupName: "granted", privileges: [needs.name] };
        await db.privilegeGroups.create({ privilegeGroupName: "granted" });
        await db.privilegeGroups.addPrivilegesToGroup(group);
        await permitted(call, "anna:secret1", grant("granted", needs));
        await db.privilegeGroups.drop({ privilegeGroupName: "granted" });
        await ask(call, "anna:secret1", "denied");
      }
      await permitted(call, "chief:secret1");
    }
    expect(wrong).toEqual([]);
    // Who is nobody is turned away twice; whom a privilege is missing before and after; the others are served.
    const needing = list.filter((call) => call.needs !== undefined).length;
    const refusing = list.filter((call) => call.isRefused);
    expect(counts).toEqual({
      unauthenticated: 2 * list.length,
      denied: 2 * needing,
      done: 2 * list.length + needing - 2 * refusing.length,
      refused: 2 * refusing.length,
    });
  });

  it.each(Object.entries(calls()))(
    "of %s tells who may do nothing no more of what is there than of what is not",
    async (_, list) => {
      const { db } = world;
      const named = list.filter(
        (call) => renamed(call.request()) !== undefined && !/has$|^HasCollection|existence/.test(call.title),
      );
      await restore(world, "loaded", true);
      await db.roles.revokePrivilegeV2({ roleName: "r", privilege: "GetImportProgress", collectionName: "c" });
      for (const call of named) {
        const request = call.request();
        const there = await call.send("anna:secret1", request);
        const elsewhere = await call.send("anna:secret1", renamed(request) ?? {});
        expect([call.title, there.replaceAll(/\bc\b/g, "absent")]).toEqual([call.title, elsewhere]);
        // Of jobs there are none, of whatever collection.
        if (!/import|jobs/i.test(call.title)) expect([call.title, there]).not.toEqual([call.title, "done"]);
      }
      expect(named.length).toBeGreaterThan(5);
    },
  );
});

/** The same request of a collection that there is not; undefined where it names none. */
function renamed(request: object): object | undefined {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item: unknown) =>
      item instanceof Map ? [...item] : ArrayBuffer.isView(item) ? "bytes" : item,
    );
  const rename = (value: unknown): unknown => {
    if (value === "c") return "absent";
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== "object" || value === null || value instanceof Map || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item)]));
  };
  const other = rename(request) as object;
  return text(other) === text(request) ? undefined : other;
}
