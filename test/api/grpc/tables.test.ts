import { describe, expect, it } from "vitest";
import * as enums from "../../../src/api/grpc/messages/enums.js";
import { messages } from "../../../src/api/grpc/messages/table.js";
import type { FieldSpec } from "../../../src/api/grpc/wire/field-table.js";
import { type Node, PACKAGES, type ProtoField, protocol26, protocol30 } from "./descriptors.js";

/** In pymilvus 3.0.2 only: the newest writers say there which values are null. */
const UNKNOWN_TO_NODE = ["ScalarField.valid_data", "VectorField.valid_data"];

const SCALARS = ["bool", "int32", "uint32", "int64", "uint64", "float", "double", "string", "bytes"];

/** A field of the official protocol in our notation. */
function notation(message: Node, name: string, field: ProtoField): string {
  const short = field.type.slice(field.type.lastIndexOf(".") + 1);
  const isMessage = [protocol26, protocol30].some((protocol) => protocol.message(short)?.fields !== undefined);
  const type = SCALARS.includes(short) || isMessage ? short : "enum";
  const arity = field.keyType !== undefined ? "{}" : field.rule === "repeated" ? "*" : "";
  const oneof = Object.entries(message.oneofs ?? {}).find(([, group]) => group.oneof.includes(name))?.[0];
  return [field.id, type + arity, ...(oneof === undefined ? [] : [oneof.replace(/^_.*/, "optional")])].join(" ");
}

describe("our tables say what the official clients say", () => {
  for (const [name, fields] of Object.entries<Readonly<Record<string, FieldSpec>>>(messages)) {
    it(`message ${name}`, () => {
      const official = [protocol26.message(name), protocol30.message(name)].filter((node) => node !== undefined);
      expect(official.length, `no client has a message ${name}`).toBeGreaterThan(0);
      for (const [field, spec] of Object.entries(fields)) {
        if (UNKNOWN_TO_NODE.includes(`${name}.${field}`)) continue;
        const forms = official.flatMap((node) => {
          const known = node.fields?.[field];
          return known === undefined ? [] : [notation(node, field, known)];
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
    for (const name of Object.keys(messages)) {
      const places = PACKAGES.filter(
        (packageName) =>
          protocol30.json.nested?.["milvus"]?.nested?.["proto"]?.nested?.[packageName]?.nested?.[name] !== undefined,
      );
      expect(places.length, name).toBe(1);
    }
  });
});
