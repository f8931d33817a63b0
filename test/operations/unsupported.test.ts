import { describe, expect, it } from "vitest";
import { unsupportedByFamily, unsupportedOperations } from "../../src/engine/operations/unsupported.js";
import { openDdl } from "./ddl-support.js";

describe("refused paths", () => {
  it.each(unsupportedOperations.map((o) => o.path))("%s answers 3000", async (path) => {
    const ddl = openDdl();
    expect(await ddl.call(path, { anything: 1 })).toEqual({
      code: 3000,
      message: `unsupported operation: /v2/vectordb/${path} is not supported by the embedded engine`,
    });
  });

  it("families are refused as a whole, other paths are not", () => {
    const operation = unsupportedByFamily("jobs/snapshot/create");
    expect(() => operation?.run(openDdl().ctx, {})).toThrow(
      "unsupported operation: /v2/vectordb/jobs/snapshot/create is not supported by the embedded engine",
    );
    expect(unsupportedByFamily("file_resources/list")?.path).toBe("file_resources/list");
    for (const path of ["jobs/snapshot/", "jobs/snapshot/a/b", "jobs/other/create", "collections/list"]) {
      expect(unsupportedByFamily(path)).toBeUndefined();
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
