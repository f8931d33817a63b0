import { describe, expect, it } from "vitest";
import { isRefused } from "../../src/engine/contract/refused.js";
import { openDdl } from "./ddl-support.js";

describe("refused paths", () => {
  it("answer 3000", async () => {
    const path = "jobs/external_collection/refresh";
    expect(await openDdl().call(path, { anything: 1 })).toEqual({
      code: 3000,
      message: `unsupported operation: /v2/vectordb/${path} is not supported by the embedded engine`,
    });
  });

  it("families are refused as a whole, other paths are not", () => {
    for (const path of ["jobs/snapshot/create", "jobs/external_collection/list"]) expect(isRefused(path)).toBe(true);
    for (const path of ["jobs/snapshot/", "jobs/snapshot/a/b", "jobs/other/create", "collections/list"]) {
      expect(isRefused(path)).toBe(false);
    }
  });
});

describe("bodies that are no object", () => {
  it.each([
    [[], "array"],
    ["x", "string"],
    [1, "number"],
    [true, "bool"],
  ])("%j", async (body, kind) => {
    const ddl = openDdl();
    expect(await ddl.call("collections/list", body)).toEqual({
      code: 1801,
      message: `can only accept json format request, error: json: cannot unmarshal ${kind} into Go value of type httpserver.DatabaseReq`,
    });
  });
});
