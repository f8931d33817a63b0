import { describe, expect, it } from "vitest";
import { statusOf } from "../../../src/api/grpc/status.js";
import { ElanusError, ErrorCatalogue, type ErrorKind, failure } from "../../../src/errors.js";
import { protocol26 } from "./descriptors.js";

describe("common.Status", () => {
  const members = Object.values(protocol26.enumValues("ErrorCode") ?? {});

  it.each(Object.keys(ErrorCatalogue) as ErrorKind[])("of %s: two codes that clients know, none of HTTP's", (kind) => {
    const status = statusOf(new ElanusError(kind, "some text", { detail: "some text" }));
    expect(status.code).toBeGreaterThan(0);
    expect(status.code).not.toSatisfy((code: number) => code >= 1801 && code <= 1806);
    expect(members).toContain(status.error_code);
    expect(status.error_code).not.toBe(0);
    expect(status.reason).toContain("some text");
    expect(status.detail).toBe(status.reason);
  });

  it.each([
    [failure("CollectionNotFound", { database: "d", collection: "c" }), 100, 4, false, true],
    [failure("PartitionNotFound", { partition: "p" }), 200, 15, false, false],
    [failure("PartitionNotLoaded", { partition: "p" }), 201, 1, false, false],
    [failure("CollectionNotLoaded", { collection: 1 }), 101, 1, false, false],
    [failure("IndexMissing", { collection: "c" }), 700, 25, false, false],
    [failure("DatabaseNotFound", { database: "d" }), 800, 1, false, false],
    [failure("InvalidParameter", { text: "x" }), 1100, 5, false, true],
    [failure("SchemaMismatch", { collection: "c" }), 109, 62, false, true],
    [failure("RateLimitExceeded", { rate: 256 }), 8, 49, true, false],
    [failure("NotReady", { reason: "closed" }), 1, 56, true, false],
    [failure("Unavailable", { reason: "x" }), 2, 1, true, false],
    [failure("DiskFull", { reason: "x" }), 7, 54, false, false],
    [failure("Timeout"), 10001, 1, false, false],
    [failure("PartitionLoaded"), 65535, 1, false, false],
    [failure("Unsupported", { what: "x" }), 3000, 1, false, false],
  ])("%s", (error, code, legacy, retriable, inputError) => {
    const status = statusOf(error);
    expect(status).toMatchObject({ code, error_code: legacy, retriable, reason: error.message });
    expect(status.extra_info?.get("is_input_error")).toBe(inputError ? "true" : undefined);
  });

  it("words failures of the layer of HTTP without it", () => {
    const row = failure("BadRow", { detail: "the length (9) of vector is wrong" });
    expect(statusOf(row)).toMatchObject({
      code: 1100,
      error_code: 5,
      reason: "the length (9) of vector is wrong: invalid parameter",
    });
    const typed = failure("BadRow", { detail: "x: invalid parameter[expected=a][actual=b]" });
    expect(statusOf(typed).reason).toBe("x: invalid parameter[expected=a][actual=b]");
    expect(statusOf(failure("MalformedRequest", { detail: "wrong type" }))).toMatchObject({
      code: 1100,
      reason: "wrong type: invalid parameter",
    });
  });

  it("names a release that the legacy rules refuse otherwise than a load", () => {
    const refused = (text: string) => statusOf(failure("LoadParameterMismatch", { text }));
    expect(refused("load the partition after load collection is not supported")).toMatchObject({ error_code: 5 });
    expect(refused("releasing some partitions after load collection is not supported")).toMatchObject({
      code: 1100,
      error_code: 1,
    });
  });
});
