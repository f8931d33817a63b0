import type { SchemaElement, SchemaTree } from "hyparquet";
import { FileFault } from "../file-fault.js";

/** The types of leaves as Arrow names them. */
export type ArrowType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float"
  | "double"
  | "utf8"
  | "binary"
  | "timestamp"
  | "other";

const INTEGERS: Readonly<Record<string, ArrowType>> = {
  INT_8: "int8",
  INT_16: "int16",
  INT_32: "int32",
  INT_64: "int64",
  UINT_8: "uint8",
  UINT_16: "uint16",
  UINT_32: "uint32",
  UINT_64: "uint64",
};

export function arrowType({ type, converted_type, logical_type: logical }: SchemaElement): ArrowType {
  const converted: string = converted_type ?? "";
  const integer = INTEGERS[converted] ?? (logical?.type === "INTEGER" ? integerOf(logical) : undefined);
  switch (type) {
    case "BOOLEAN":
      return "bool";
    case "FLOAT":
      return "float";
    case "DOUBLE":
      return "double";
    case "INT32":
      return integer ?? (converted === "" && logical === undefined ? "int32" : "other");
    case "INT64":
      if (logical?.type === "TIMESTAMP" || converted.startsWith("TIMESTAMP_")) return "timestamp";
      return integer ?? (converted === "" && logical === undefined ? "int64" : "other");
    case "BYTE_ARRAY":
      if (["UTF8", "JSON", "ENUM"].includes(converted)) return "utf8";
      if (["STRING", "JSON", "ENUM"].includes(logical?.type ?? "")) return "utf8";
      return converted === "" && logical === undefined ? "binary" : "other";
    case "FIXED_LEN_BYTE_ARRAY":
      return converted === "" && logical === undefined ? "binary" : "other";
    default:
      return "other";
  }
}

function integerOf({ bitWidth, isSigned }: { readonly bitWidth: number; readonly isSigned: boolean }): ArrowType {
  return `${isSigned ? "" : "u"}int${bitWidth}` as ArrowType;
}

/** Of a column, for messages: `list<float>`. */
export function shownType(node: SchemaTree): string {
  const item = itemOf(node);
  if (item !== undefined) return `list<${shownType(item)}>`;
  if (node.children.length === 0) return arrowType(node.element);
  return `struct<${node.children.map((child) => `${child.element.name}: ${shownType(child)}`).join(", ")}>`;
}

/** What a list holds; undefined for what is no list. */
export function itemOf(node: SchemaTree): SchemaTree | undefined {
  const { element, children } = node;
  if (children.length === 0 && element.repetition_type === "REPEATED") {
    return { ...node, element: { ...element, repetition_type: "REQUIRED" } };
  }
  const [middle, more] = children;
  const isList = element.converted_type === "LIST" || element.logical_type?.type === "LIST";
  if (!isList || middle === undefined || more !== undefined || middle.element.repetition_type !== "REPEATED") {
    return undefined;
  }
  // Some writers leave the node in between out.
  return middle.children.length === 1 && !/^array$|_tuple$/.test(middle.element.name) ? middle.children[0] : middle;
}

const UNITS: Readonly<Record<string, bigint>> = { MILLIS: 1000n, MICROS: 1n };

/** How a value of a leaf becomes what a column of rows takes. */
export function valueReader(element: SchemaElement): (value: unknown) => unknown {
  const type = arrowType(element);
  if (type === "utf8") {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return (value) => {
      try {
        return decoder.decode(value as Uint8Array);
      } catch {
        throw new FileFault("contains invalid UTF-8");
      }
    };
  }
  if (type === "timestamp") {
    const { logical_type: logical, converted_type: converted = "" } = element;
    const unit = logical?.type === "TIMESTAMP" ? logical.unit : converted.replace("TIMESTAMP_", "");
    const factor = UNITS[unit];
    return (value) => (factor === undefined ? (value as bigint) / 1000n : (value as bigint) * factor);
  }
  if (type === "uint64") return (value) => BigInt.asUintN(64, value as bigint);
  if (type === "uint32") return (value) => (value as number) >>> 0;
  return (value) => value;
}
