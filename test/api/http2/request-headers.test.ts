import { describe, expect, it } from "vitest";
import { requestHeaders } from "../../../src/api/http2/request-headers.js";

const USUAL = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/a"],
] as const;

describe("headers of a request", () => {
  it("join the values of one name", () => {
    const headers = requestHeaders([...USUAL, ["dbname", "one"], ["te", "trailers"], ["dbname", "two"]]);
    expect(headers?.get("dbname")).toBe("one, two");
  });

  it("may be empty, and of any letters", () => {
    expect(requestHeaders([...USUAL, ["a", ""], ["b", "\u00e9 \u00a0"]])?.get("b")).toBe("\u00e9 \u00a0");
  });
});
