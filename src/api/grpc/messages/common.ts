import type { MessageSpecs } from "../wire/field-table.js";

/** Messages that those of all topics hold. */
export const commonMessages = {
  Status: {
    error_code: [1, "enum"],
    reason: [2, "string"],
    code: [3, "int32"],
    retriable: [4, "bool"],
    detail: [5, "string"],
    extra_info: [6, "string{}"],
  },
  KeyValuePair: {
    key: [1, "string"],
    value: [2, "string"],
  },
  BoolResponse: {
    status: [1, "Status"],
    value: [2, "bool"],
  },
} as const satisfies MessageSpecs;
