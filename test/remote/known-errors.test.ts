import { describe, expect, it } from "vitest";
import { ErrorCatalogue, type ErrorKind } from "../../src/errors.js";
import { knownError, UNSAID } from "../../src/remote/known-errors.js";

/** Kinds whose text is that of another one, or has no word of its own. */
const UNTOLD: Readonly<Partial<Record<ErrorKind, ErrorKind>>> = {
  FileDamaged: "Unavailable",
  DriverUnusable: "Unavailable",
  RenameNameIsAlias: "RenameNameTaken",
  GrantRoleNotFound: "RoleNotFound",
  SchemaUnreadable: "ServerFailure",
  LoadParameterMismatch: "InvalidParameter",
  FunctionResult: "InvalidParameter",
  UserNameInvalid: "InvalidParameter",
  AccessNameInvalid: "InvalidParameter",
  PrivilegeLevel: "InvalidParameter",
};

/** A text for any detail; a list of one where the kind wants a list. */
function textOf(kind: ErrorKind): string {
  const { text } = ErrorCatalogue[kind] as { text: (details: object) => string };
  try {
    return text(new Proxy({}, { get: (_, name) => `<${String(name)}>` }));
  } catch {
    return text(new Proxy({}, { get: (_, name) => [`<${String(name)}>`] }));
  }
}

describe("the kind of a failure that a server tells", () => {
  const kinds = (Object.keys(ErrorCatalogue) as ErrorKind[]).filter((kind) => !UNSAID.has(kind));

  it.each(kinds)("%s", (kind) => {
    const { code } = ErrorCatalogue[kind];
    const error = knownError(code, textOf(kind));
    expect([error.kind, error.code, error.message]).toEqual([UNTOLD[kind] ?? kind, code, textOf(kind)]);
  });

  it("is found behind what a server puts in front, with its details", () => {
    const error = knownError(
      101,
      "fail to search on QueryNode 7: worker(7) query failed: collection not loaded[collection=42]",
    );
    expect([error.kind, error.details["collection"]]).toEqual(["CollectionNotLoaded", "42"]);
  });

  it("is found by its code where the words are others", () => {
    expect(knownError(100, "no collection here").kind).toBe("CollectionNotFound");
    expect(knownError(1800, "User hasn't authenticated").kind).toBe("NotAuthenticated");
    expect(knownError(1100, "some rule: invalid parameter").kind).toBe("InvalidParameter");
    expect(knownError(700, "index doesn't exist").kind).toBe("IndexNotFound");
  });

  it("is found in the late form of servers of 3.0", () => {
    const text = "partition cannot be dropped, partition is loaded, please release it first: invalid parameter";
    expect(knownError(1100, text).kind).toBe("PartitionLoaded");
  });

  it("is found by its words where the code is another one", () => {
    expect(knownError(65535, "collection not loaded[collection=42]").kind).toBe("CollectionNotLoaded");
  });
});
