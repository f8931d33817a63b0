import type { MessageSpecs } from "../wire/field-table.js";

/** Files of words that analyzers may name. */
export const fileResourceMessages = {
  AddFileResourceRequest: {
    name: [2, "string"],
    path: [3, "string"],
  },
  RemoveFileResourceRequest: {
    name: [2, "string"],
  },
  ListFileResourcesRequest: {},
  ListFileResourcesResponse: {
    status: [1, "Status"],
    resources: [2, "FileResourceInfo*"],
  },
  FileResourceInfo: {
    id: [1, "int64"],
    name: [2, "string"],
    path: [3, "string"],
  },
} as const satisfies MessageSpecs;
