import type { SchemaElement } from "hyparquet";
import type { DataType } from "../../engine/model/data-type.js";
import type { WrittenLeaf } from "./leaf-writer.js";

/** What a value is in a leaf: the primitive, and what it stands for. */
export type Primitive = Pick<SchemaElement, "type" | "converted_type" | "logical_type">;

const TEXT: Primitive = { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
export const FLOAT: Primitive = { type: "FLOAT" };
export const UINT8: Primitive = { type: "INT32", converted_type: "UINT_8" };
export const INT8: Primitive = { type: "INT32", converted_type: "INT_8" };
export const UINT32: Primitive = { type: "INT32", converted_type: "UINT_32" };

/** The primitive of a scalar type. */
export function primitiveOf(type: DataType): Primitive {
  switch (type) {
    case "Bool":
      return { type: "BOOLEAN" };
    case "Int8":
      return INT8;
    case "Int16":
      return { type: "INT32", converted_type: "INT_16" };
    case "Int32":
      return { type: "INT32" };
    case "Int64":
      return { type: "INT64" };
    case "Float":
      return FLOAT;
    case "Double":
      return { type: "DOUBLE" };
    default:
      return TEXT;
  }
}

/** The schema of a file while it is put together, and the leaves in it. */
export class WrittenSchema {
  readonly elements: SchemaElement[] = [{ name: "schema", num_children: 0 }];
  readonly leaves: WrittenLeaf[] = [];

  /** Adds a column, which is a leaf, a list or a group. */
  column(add: (at: Place) => void): void {
    const [root] = this.elements as [SchemaElement];
    this.elements[0] = { ...root, num_children: (root.num_children ?? 0) + 1 };
    add({ path: [], definition: 0, repetition: 0 });
  }

  leaf(at: Place, name: string, primitive: Primitive, optional: boolean, codec: WrittenLeaf["codec"] = "SNAPPY"): void {
    const element: SchemaElement = { ...primitive, name, repetition_type: optional ? "OPTIONAL" : "REQUIRED" };
    this.elements.push(element);
    this.leaves.push({
      path: [...at.path, name],
      element,
      definition: at.definition + (optional ? 1 : 0),
      repetition: at.repetition,
      codec,
    });
  }

  /** @param item adds what the list holds, under the name `element` */
  list(at: Place, name: string, optional: boolean, item: (at: Place) => void): void {
    this.elements.push({
      name,
      repetition_type: optional ? "OPTIONAL" : "REQUIRED",
      num_children: 1,
      converted_type: "LIST",
      logical_type: { type: "LIST" },
    });
    this.elements.push({ name: "list", repetition_type: "REPEATED", num_children: 1 });
    item({
      path: [...at.path, name, "list"],
      definition: at.definition + (optional ? 2 : 1),
      repetition: at.repetition + 1,
    });
  }

  group(at: Place, name: string, optional: boolean, parts: readonly ((at: Place) => void)[]): void {
    this.elements.push({
      name,
      repetition_type: optional ? "OPTIONAL" : "REQUIRED",
      num_children: parts.length,
    });
    const inside = { ...at, path: [...at.path, name], definition: at.definition + (optional ? 1 : 0) };
    for (const part of parts) part(inside);
  }
}

/** Where in the schema something is added. */
export interface Place {
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}
