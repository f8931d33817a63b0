import type { FunctionDefinition } from "../model/functions.js";
import type { RequestShape } from "./row.js";

/** One entry of `schema.functions`. */
export const functionShape: RequestShape<FunctionDefinition> = {
  name: { kind: "string" },
  description: { kind: "string" },
  type: { kind: "string" },
  inputFieldNames: { kind: "strings" },
  outputFieldNames: { kind: "strings" },
  params: { kind: "object" },
};
