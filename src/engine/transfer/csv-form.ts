import { failure } from "../../errors.js";
import type { CsvForm } from "../../files/file-format.js";
import type { CsvOptions } from "../contract/transfers.js";

/** No separator may be one of these. */
const UNFIT = /[\0\r\n"\ufffd]/;

/** @throws ImportFailed for a separator that is none */
export function readCsvForm({ sep = "", nullkey = "" }: CsvOptions): CsvForm {
  const separator = sep === "" ? "," : String.fromCodePoint(sep.codePointAt(0) as number);
  if (UNFIT.test(separator)) throw failure("ImportFailed", { text: `unsupported csv separator: ${separator}` });
  return { separator, nullText: nullkey };
}
