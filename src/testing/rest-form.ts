import { plainRows } from "../api/rows/lazy-rows.js";
import type { InputColumn, InputColumns, QueryVectors, StoredColumn } from "../engine/contract/column.js";
import { jsonText } from "../values/json-text.js";

type Request = Readonly<Record<string, unknown>>;

/**
 * A request as REST v2 can say it: what came by gRPC holds columns and vectors as bytes.
 *
 * @returns undefined for one that REST cannot say
 */
export async function restForm(request: object): Promise<Request | undefined> {
  const { columns, vectors, search, ...others } = request as Request;
  const said: Record<string, unknown> = { ...others };
  // No limit, and no metric, are not sent.
  if (said["limit"] === Number.POSITIVE_INFINITY) delete said["limit"];
  const params = said["searchParams"] as Request | undefined;
  if (params?.["metric_type"] === "") said["searchParams"] = { ...params, metric_type: undefined };
  if (columns !== undefined) said["data"] = await rowsOf(columns as InputColumns);
  if (vectors !== undefined) {
    const { lists = false, ...queries } = vectors as QueryVectors;
    if (lists) return undefined;
    said["data"] = queries.values.map((bytes) => queryOf(queries.type, bytes));
  }
  if (Array.isArray(search)) {
    const parts = await Promise.all(search.map(restForm));
    if (parts.includes(undefined)) return undefined;
    said["search"] = parts;
  } else if (search !== undefined) said["search"] = search;
  return said;
}

async function rowsOf({ rowCount, columns }: InputColumns): Promise<readonly object[]> {
  const stored = columns.map(storedColumn);
  return plainRows({ rowCount, columns: stored, outputFields: stored.map(({ name }) => name) }, "number");
}

/** What a sender has written, in the form that results have: they are printed from that. */
function storedColumn(column: InputColumn, position: number): StoredColumn {
  const { type, dynamic = false, values } = column;
  const shown: Partial<StoredColumn> =
    type === "Array"
      ? { values: (values as readonly unknown[]).map((list) => (list === null ? null : jsonText(list))) }
      : type === "Bool"
        ? { values: (values as readonly (boolean | null)[]).map((value) => (value === null ? null : Number(value))) }
        : // Times are text here.
          type === "Timestamptz"
          ? { type: "VarChar", values: (values as readonly unknown[]).map((value) => value as string | null) }
          : {};
  const fieldId = dynamic ? META_ID : FIRST_ID + position;
  return { ...(column as StoredColumn), fieldId, primaryKey: false, ...shown };
}

const META_ID = 1;
const FIRST_ID = 100;

function queryOf(type: QueryVectors["type"], bytes: Uint8Array): unknown {
  // Bytes may lie where no number begins.
  const { buffer } = bytes.slice();
  switch (type) {
    case "FloatVector":
      return new Float32Array(buffer);
    case "SparseFloatVector": {
      const [indices, weights] = [new Uint32Array(buffer), new Float32Array(buffer)];
      const entries = Array.from({ length: indices.length / 2 }, (_, i) => [indices[2 * i], weights[2 * i + 1]]);
      return Object.fromEntries(entries);
    }
    case "VarChar":
      return new TextDecoder().decode(bytes);
    default:
      return bytes;
  }
}
