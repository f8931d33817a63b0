import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import type { EntityData } from "../engine/contract/reply.js";

/** The buffers of a result that can be handed to another thread: those that hold nothing but the vectors of one column. */
export function ownBuffers(data: unknown): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const { values } of columnsOf(data as EntityData | undefined)) {
    if (!(values instanceof Uint8Array) || values.byteLength === 0) continue;
    const { buffer } = values;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === values.byteLength) buffers.push(buffer);
  }
  return buffers;
}

function columnsOf(data: EntityData | undefined): readonly StoredColumn[] {
  const batch = (data as { readonly fields?: unknown } | undefined)?.fields ?? data;
  const columns = (batch as Partial<RecordBatch> | undefined)?.columns;
  return Array.isArray(columns) ? columns : [];
}
