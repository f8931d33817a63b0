import { expect, it } from "vitest";
import { type Field, keyValue } from "../../src/inspect/schema.js";

const field = (type: string) => ({ type }) as Field;

it("takes the key of a row as it was typed, of numbers without spaces", () => {
  expect(keyValue(" lead ", field("VarChar"))).toBe(" lead ");
  expect(keyValue(" 7\n", field("Int64"))).toBe(7);
  expect(keyValue(" 9007199254740993 ", field("Int64"))).toBe("9007199254740993");
  expect(keyValue(" ", field("Int64"))).toBe("");
});
