import { describe, expect, it } from "vitest";
import {
  checkAlias,
  checkCollectionName,
  checkDatabaseName,
  checkFieldName,
  checkIndexName,
  checkPartitionName,
} from "../../src/engine/model/validate-names.js";

const checks = { checkAlias, checkCollectionName, checkDatabaseName, checkFieldName, checkIndexName };

describe.each(Object.entries(checks))("%s", (_name, check) => {
  it("accepts letters, digits and underscores, and trims spaces", () => {
    for (const name of ["a", "_", "A_9", "x".repeat(255)]) expect(check(name)).toBe(name);
    expect(check(" a ")).toBe("a");
  });

  it("refuses everything else", () => {
    for (const name of ["", " ", "9a", "a-b", "a b", "é", "aé", "$a", "a.b", "x".repeat(256), "a\n b", "a;--"]) {
      expect(() => check(name), name).toThrow(expect.objectContaining({ name: "ElanusError" }));
    }
  });
});

describe("checkPartitionName", () => {
  it("accepts a first digit and later hyphens", () => {
    for (const name of ["a", "_default", "2024-01", "9"]) expect(checkPartitionName(name)).toBe(name);
    for (const name of ["", "-a", "a b", "a.b", "x".repeat(256)]) {
      expect(() => checkPartitionName(name), name).toThrow(
        expect.objectContaining({
          code: 65535,
          message: expect.stringMatching(
            /^Invalid partition name: .*\. (Partition name can only contain|Partition name should not be empty|The first character of|The length of)/,
          ),
        }),
      );
    }
  });
});

describe("checkFieldName", () => {
  it("refuses words of the filter language and system fields", () => {
    for (const name of [
      "$meta",
      "RowID",
      "Timestamp",
      "in",
      "IN",
      "not",
      "json_contains",
      "ARRAY_LENGTH",
      "true",
      "True",
    ]) {
      const message = `Invalid field name: ${name}. ${name} is keyword in milvus.: field name invalid[field=${name}]`;
      expect(() => checkFieldName(name)).toThrow(expect.objectContaining({ code: 1701, message }));
    }
    for (const name of ["inside", "Likes", "rowid", "meta", "timestamp"]) expect(checkFieldName(name)).toBe(name);
  });

  it("counts bytes, not characters", () => {
    const name = "é".repeat(200);
    expect(() => checkCollectionName(name)).toThrow(/length of a collection name/);
  });
});
