import { createRequire } from "node:module";

/** What the official clients bring of the protocol: protobufjs' JSON form of the proto files. */
export interface Namespace {
  readonly nested?: Readonly<Record<string, Node>>;
}
export interface Node extends Namespace {
  readonly fields?: Readonly<Record<string, ProtoField>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, Method>>;
}
export interface ProtoField {
  readonly id: number;
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
}
export interface Method {
  readonly requestType: string;
  readonly responseType: string;
}

const require = createRequire(import.meta.url);

/** The protocol as an installed client has it. */
export interface Protocol {
  readonly client: string;
  readonly json: Namespace;
  /** protobufjs as that client uses it. */
  readonly protobuf: typeof import("protobufjs");
  message(name: string): Node | undefined;
  enumValues(name: string): Readonly<Record<string, number>> | undefined;
  readonly services: Readonly<Record<string, Readonly<Record<string, Method>>>>;
}

/** Packages in which messages are looked for, in this order. */
export const PACKAGES = ["milvus", "common", "schema", "rg", "feder"] as const;

/** The protocol inside of a client that is installed under this name. */
export function protocolOf(client: string): Protocol {
  const path = `${client}/dist/milvus/proto-json/milvus`;
  let loaded: { readonly default?: Namespace };
  try {
    loaded = require(path) as typeof loaded;
  } catch (error) {
    throw new Error(`${path} is gone: the client keeps its protocol elsewhere now, and this file must follow`, {
      cause: error,
    });
  }
  const json = loaded.default;
  const proto = json?.nested?.["milvus"]?.nested?.["proto"]?.nested;
  if (json === undefined || proto === undefined) throw new Error(`${path} no longer holds the protocol of Milvus`);
  const find = (name: string): Node | undefined => {
    const [outer = "", ...inner] = name.split(".");
    for (const packageName of PACKAGES) {
      const node = inner.reduce<Node | undefined>(
        (found, step) => found?.nested?.[step],
        proto[packageName]?.nested?.[outer],
      );
      if (node !== undefined) return node;
    }
    return undefined;
  };
  const services: Record<string, Readonly<Record<string, Method>>> = {};
  for (const [name, node] of Object.entries(proto["milvus"]?.nested ?? {})) {
    if (node.methods !== undefined) services[name] = node.methods;
  }
  return {
    client,
    json,
    protobuf: createRequire(require.resolve(path))("protobufjs") as Protocol["protobuf"],
    message: (name) => find(name),
    enumValues(name) {
      const direct = find(name)?.values;
      if (direct !== undefined) return direct;
      // Some enums live inside of the message that uses them.
      for (const packageName of PACKAGES) {
        for (const node of Object.values(proto[packageName]?.nested ?? {})) {
          const values = node.nested?.[name]?.values;
          if (values !== undefined) return values;
        }
      }
      return undefined;
    },
    services,
  };
}

export const protocol26: Protocol = protocolOf("@zilliz/milvus2-sdk-node");
export const protocol30: Protocol = protocolOf("milvus2-sdk-node-3");
