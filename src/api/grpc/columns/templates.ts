import { failure } from "../../../errors.js";
import { JsonDouble } from "../../../values/json-number.js";
import { parseJson } from "../../../values/json-reader.js";
import type { Received } from "../messages/table.js";

type Values = ReadonlyMap<string, Received<"TemplateValue">>;

/** Values of the variables in a filter; undefined when there are none. @throws InvalidParameter */
export function readTemplates(values: Values): Readonly<Record<string, unknown>> | undefined {
  if (values.size === 0) return undefined;
  // Without a prototype: any text may be a name.
  const read: Record<string, unknown> = Object.create(null);
  for (const [name, value] of values) read[name] = templateValue(name, value);
  return read;
}

function templateValue(name: string, value: Received<"TemplateValue">): unknown {
  if (value.bool_val !== undefined) return value.bool_val;
  if (value.int64_val !== undefined) return value.int64_val;
  if (value.float_val !== undefined) return double(value.float_val);
  if (value.string_val !== undefined) return value.string_val;
  if (value.array_val !== undefined) return arrayValue(name, value.array_val);
  if (value.bytes_val !== undefined) return value.bytes_val;
  throw failure("InvalidParameter", { text: `template value ${name} is empty` });
}

/** Written as a double, also where its value is integral. */
function double(value: number): number | JsonDouble {
  return Number.isInteger(value) ? new JsonDouble(value) : value;
}

function arrayValue(name: string, array: Received<"TemplateArrayValue">): readonly unknown[] {
  if (array.bool_data !== undefined) return array.bool_data.data;
  if (array.long_data !== undefined) return array.long_data.data;
  if (array.double_data !== undefined) return Array.from(array.double_data.data, double);
  if (array.string_data !== undefined) return array.string_data.data;
  if (array.array_data !== undefined) return array.array_data.data.map((item) => arrayValue(name, item));
  return (array.json_data?.data ?? []).map((bytes) => jsonValue(name, bytes));
}

function jsonValue(name: string, bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw failure("InvalidParameter", { text: `template value ${name} holds what is no JSON` }, cause);
  }
}
