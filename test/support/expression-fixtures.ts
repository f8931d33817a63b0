import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

const read = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

/** The lines of the contract's cases of expressions: schemas, and expressions with what they select. */
export function expressionCases(): readonly object[] {
  const text = brotliDecompressSync(read("expression-cases.jsonl.br")).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as object);
}

/** The rows that these select from, and what is refused. */
export function expressionFixture<T>(name: "expression-rows" | "expression-refusals"): T {
  return JSON.parse(read(`${name}.json`).toString()) as T;
}
