import { describe, expect, it } from "vitest";
import { xxh3 } from "../../src/values/xxh3.js";

/** Of the bytes i * 131 + 7, as the reference implementation (xxHash 0.8) hashes them. */
const KNOWN: readonly (readonly [number, string])[] = [
  [0, "2d06800538d394c2"],
  [1, "4c5cca45d0f4811f"],
  [2, "29c60963cbfa4e6e"],
  [3, "6e3e2670e61106ac"],
  [4, "5c4c63133443d03f"],
  [5, "49f5eb3111280b63"],
  [8, "f9fd4dd0b04d78f5"],
  [9, "7c20df9712c26edf"],
  [12, "16d2dff54dc2ee45"],
  [16, "86abf6baccea0858"],
  [17, "b58bf5dc5022d071"],
  [32, "e3712ed84c04a66e"],
  [33, "a4dee99b093e1f73"],
  [64, "1291d2d4042330dd"],
  [65, "97c6bf83217e5ec9"],
  [96, "81296929fc063365"],
  [97, "f145a45b658ab9dd"],
  [127, "ed4cf62104020db5"],
  [128, "10d17f72c0ccba41"],
  [129, "1648bdc3db49d1a2"],
  [143, "d05ced598f7f87b3"],
  [144, "b46dbfc6d9e31aba"],
  [200, "c0fbc0f4e181c826"],
  [240, "b6cfaf343fab81e6"],
  [241, "956cae592c67279e"],
  [256, "b15e550733c5dfac"],
  [1023, "a94ffcd2254368e4"],
  [1024, "70bd377d9574f4bb"],
  [1025, "66c4487c41e127a7"],
  [1088, "f43dc77e28a9acbc"],
  [2048, "8b46caa67dab3a30"],
  [2500, "a78050676812b02c"],
  [3000, "33a08283bba03e0c"],
];

describe("XXH3 of 64 bits", () => {
  it.each(KNOWN)("of %d bytes", (length, hash) => {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 131 + 7);
    expect(xxh3(bytes).toString(16).padStart(16, "0")).toBe(hash);
  });

  it("of a text", () => {
    expect(xxh3(Buffer.from("abc"))).toBe(0x78af5f94892f3950n);
  });
});
