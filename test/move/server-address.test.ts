import { expect, it } from "vitest";
import { readServerAddress } from "../../src/move/server-address.js";
import { readAddress } from "../../src/remote/address.js";

it.each([
  ["host", "http://host:19530", undefined],
  ["http://host", "http://host:19530", undefined],
  ["http://host:80/", "http://host:80", undefined],
  ["https://host", "https://host:443", undefined],
  ["http://[::1]:1234", "http://[::1]:1234", undefined],
  ["ann:s%2Fcret@host:1", "http://host:1", "ann:s/cret"],
  ["https://key@host/", "https://host:443", "key"],
])("reads where rows are moved to or from: %s", (text, origin, token) => {
  expect(readServerAddress(text, undefined)).toEqual({ name: origin, origin, socket: undefined, token });
});

it("reads sockets, and prefers a token that is given beside the address", () => {
  expect(readServerAddress("unix:///run/milvus", "key")).toMatchObject({ socket: "/run/milvus", token: "key" });
  expect(readServerAddress("http://ann:secret1@host", "key").token).toBe("key");
});

it("reads where a server is that stands in place of a file: its port is that of the scheme", () => {
  expect(readAddress("http://host/milvus/")).toMatchObject({ text: "http://host/milvus", port: 80, prefix: "/milvus" });
  expect(() => readAddress("http://host?database=a")).toThrow("says more than where a server is");
  expect(() => readAddress("http://root:100%@host")).toThrow(
    'user and password in "http://...@host" are not percent-encoded: % is %25 there',
  );
});
