import { parseJson } from "../values/json-reader.js";
import type { WireRow } from "./answer.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/**
 * How a server prints JSON and Array fields. Those up to 2.6 print the text of a JSON value as a string, and an Array as a message of
 * their protocol; later ones, and Elanus, print the values themselves. Which of them answers is told by what it prints, and
 * where that can be either (`"1"`) it is asked who it is.
 */
export class JsonForms {
  readonly #printsValues: () => Promise<boolean>;
  /** Undefined until it is known. */
  #asText: boolean | undefined;

  /** @param printsValues asks the server, whose answer to something else says it */
  constructor(printsValues: () => Promise<boolean>) {
    this.#printsValues = printsValues;
  }

  /** Makes out which form the rows of an answer have, as far as it matters for them. */
  async settle(rows: readonly WireRow[], { fields }: KnownSchema): Promise<void> {
    if (this.#asText !== undefined) return;
    const values = (type: KnownField["type"]) =>
      fields
        .filter((field) => field.type === type && field.struct === undefined)
        .flatMap(({ name }) => rows.map((row) => row[name]))
        .filter((value) => value !== null && value !== undefined);
    if (values("Array").some((value) => messageOf(value) !== undefined)) this.#asText = true;
    const documents = values("JSON");
    if (this.#asText !== undefined || documents.length === 0) return;
    const asText = documents.every((value) => typeof value === "string" && textValue(value) !== undefined);
    this.#asText = asText && !(await this.#printsValues());
  }

  /** The value of a JSON or an Array field, whatever its form; that of any other field itself. */
  read({ type }: Pick<KnownField, "type">, value: unknown): unknown {
    if (type === "Array") return messageOf(value) ?? value;
    if (type !== "JSON" || typeof value !== "string" || this.#asText !== true) return value;
    return textValue(value)?.value ?? value;
  }
}

/** The value that a text is of; undefined for a text that is no JSON. */
function textValue(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(text) };
  } catch {
    return undefined;
  }
}

/** `{"Data":{"LongData":{"data":[1,2]}}}` is `[1, 2]`. */
function messageOf(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { Data: data } = value as { readonly Data?: Readonly<Record<string, { readonly data?: unknown }>> | null };
  if (data === undefined) return undefined;
  const list = Object.values(data ?? {})[0]?.data;
  return Array.isArray(list) ? list : [];
}
