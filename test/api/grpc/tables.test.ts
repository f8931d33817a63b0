import { describe, expect, it } from "vitest";
import * as enums from "../../../src/api/grpc/messages/enums.js";
import { messages } from "../../../src/api/grpc/messages/table.js";
import { services } from "../../../src/api/grpc/rpcs.js";
import type { FieldSpec } from "../../../src/api/grpc/wire/field-table.js";
import { type Node, PACKAGES, type ProtoField, protocol26, protocol30 } from "./descriptors.js";

/** In pymilvus 3.0.2 only. */
const UNKNOWN_TO_NODE = [
  "ScalarField.valid_data",
  "VectorField.valid_data",
  "GetPersistentSegmentInfoRequest.states",
  "ExportSnapshotResponse.job_id",
];
const RPCS_UNKNOWN_TO_NODE = ["GetExportSnapshotState"];

const SCALARS = ["bool", "int32", "uint32", "int64", "uint64", "float", "double", "string", "bytes"];

/** A field of the official protocol in our notation. */
function notation(messageName: string, message: Node, name: string, field: ProtoField): string {
  const plain = field.type.slice(field.type.lastIndexOf(".") + 1);
  const known = (name: string) =>
    [protocol26, protocol30].some((protocol) => protocol.message(name)?.fields !== undefined);
  // A message may stand inside of the one that uses it, or beside it in another.
  const outer = messageName.split(".")[0] ?? "";
  const short = known(`${outer}.${plain}`) ? `${outer}.${plain}` : plain;
  const isMessage = known(short);
  const type = SCALARS.includes(short) || isMessage ? short : "enum";
  const arity = field.keyType !== undefined ? "{}" : field.rule === "repeated" ? "*" : "";
  const oneof = Object.entries(message.oneofs ?? {}).find(([, group]) => group.oneof.includes(name))?.[0];
  return [field.id, type + arity, ...(oneof === undefined ? [] : [oneof.replace(/^_.*/, "optional")])].join(" ");
}

/** Not of Milvus: `grpc.health.v1`; of pymilvus 3.0.2 only. */
const ELSEWHERE = [
  "HealthCheckRequest",
  "HealthCheckResponse",
  "GetExportSnapshotStateRequest",
  "GetExportSnapshotStateResponse",
  "ExportSnapshotInfo",
];

describe("our tables say what the official clients say", () => {
  for (const [name, fields] of Object.entries<Readonly<Record<string, FieldSpec>>>(messages)) {
    if (ELSEWHERE.includes(name)) continue;
    it(`message ${name}`, () => {
      const official = [protocol26.message(name), protocol30.message(name)].filter((node) => node !== undefined);
      expect(official.length, `no client has a message ${name}`).toBeGreaterThan(0);
      for (const [field, spec] of Object.entries(fields)) {
        if (UNKNOWN_TO_NODE.includes(`${name}.${field}`)) continue;
        const forms = official.flatMap((node) => {
          const known = node.fields?.[field];
          return known === undefined ? [] : [notation(name, node, field, known)];
        });
        expect(forms.length, `no client has ${name}.${field}`).toBeGreaterThan(0);
        for (const form of forms) expect(spec.join(" "), `${name}.${field}`).toBe(form);
      }
    });
  }

  for (const [name, values] of Object.entries<Readonly<Record<string, number>>>(enums)) {
    it(`enum ${name}`, () => {
      const official = { ...protocol26.enumValues(name), ...protocol30.enumValues(name) };
      expect(official).toMatchObject(values);
    });
  }

  it("a name means one message only", () => {
    for (const name of Object.keys(messages).filter((known) => !ELSEWHERE.includes(known) && !known.includes("."))) {
      const places = PACKAGES.filter(
        (packageName) =>
          protocol30.json.nested?.["milvus"]?.nested?.["proto"]?.nested?.[packageName]?.nested?.[name] !== undefined,
      );
      expect(places.length, name).toBe(1);
    }
  });
});

/** Answered with UNIMPLEMENTED: streams, no status in the reply, or a client that falls back on this alone. */
const UNIMPLEMENTED = ["GetReplicateInfo", "CreateReplicateStream", "DumpMessages"];

describe("the table of RPCs", () => {
  for (const [service, rpcs] of Object.entries(services)) {
    const name = service.slice(service.lastIndexOf(".") + 1);
    const official = { ...protocol26.services[name], ...protocol30.services[name] };

    it(`has all of ${name}, with the types of their requests and replies`, () => {
      expect(Object.keys(official).length).toBeGreaterThan(3);
      const short = (type: string) => type.slice(type.lastIndexOf(".") + 1);
      for (const [rpc, method] of Object.entries(official)) {
        if (UNIMPLEMENTED.includes(rpc)) expect(rpcs[rpc]).toBeUndefined();
        else {
          expect(rpcs[rpc], rpc).toMatchObject({
            request: short(method.requestType),
            reply: short(method.responseType),
          });
        }
      }
      const unknown = Object.keys(rpcs).filter((rpc) => official[rpc] === undefined);
      expect(unknown).toEqual(name === "MilvusService" ? RPCS_UNKNOWN_TO_NODE : []);
    });
  }

  it("has a status in every reply but that of Dummy", () => {
    for (const rpcs of Object.values(services)) {
      for (const [name, { statusField }] of Object.entries(rpcs)) {
        if (name !== "Dummy") expect(statusField, name).toBeDefined();
      }
    }
  });
});
