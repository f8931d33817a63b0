import type { QueryVectors } from "../../../engine/contract/column.js";
import type { DataType } from "../../../engine/model/data-type.js";
import { typeName } from "../../../engine/model/types/table.js";
import { failure } from "../../../errors.js";
import { PlaceholderType } from "../messages/enums.js";
import { decode } from "../messages/table.js";
import { MalformedMessage } from "../wire/failure.js";

/**
 * The query vectors of a search.
 *
 * @param count `nq` of the request; 0: as many as there are
 * @throws PlaceholdersUnreadable, Unsupported for kinds that the engine does not search by
 */
export function readPlaceholders(bytes: Uint8Array, count: number): QueryVectors {
  const group = decodeGroup(bytes);
  const [placeholder, second] = group.placeholders;
  if (placeholder === undefined) throw failure("PlaceholdersUnreadable", { detail: "there are no query vectors" });
  if (second !== undefined) throw failure("PlaceholdersUnreadable", { detail: "more than one placeholder" });
  const { type, values } = placeholder;
  if (count !== 0 && count !== values.length) {
    throw failure("PlaceholdersUnreadable", { detail: `nq is ${count}, but there are ${values.length} query vectors` });
  }
  if (type === PlaceholderType.Int64 || type === PlaceholderType.EmbListSparseFloatVector) {
    throw failure("Unsupported", { what: `query vectors of type ${type} are not supported by the embedded engine` });
  }
  const lists = type >= FIRST_LIST;
  const name = typeName(lists ? type - LISTS : type);
  if (name === undefined) throw failure("PlaceholdersUnreadable", { detail: `unknown type ${type}` });
  return { type: name as DataType, values, ...(lists && { lists }) };
}

/** A list of vectors of a type has the number of the type and this. */
const LISTS = PlaceholderType.EmbListBinaryVector - PlaceholderType.BinaryVector;
const FIRST_LIST = PlaceholderType.EmbListBinaryVector;

function decodeGroup(bytes: Uint8Array) {
  try {
    return decode("PlaceholderGroup", bytes);
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw failure("PlaceholdersUnreadable", { detail: error.message });
  }
}
