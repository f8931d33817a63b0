import { failure } from "../../errors.js";
import type { CsvForm } from "../../files/file-format.js";
import { type FileSink, openSink } from "../../files/file-sink.js";
import { rowWriter } from "../../files/write-rows.js";
import { Slices } from "../../values/slices.js";
import type { ExportResult, FileFormat } from "../contract/transfers.js";
import type { CompiledFilter } from "../entities/compiled-filter.js";
import { drawnCount } from "../entities/draw-rows.js";
import { EntityTable } from "../entities/entity-table.js";
import { livingRows } from "../entities/expiry.js";
import { FilterCache } from "../entities/filter-cache.js";
import { ColumnReader, type ColumnSelection } from "../entities/read-columns.js";
import type { Selection } from "../entities/read-rows.js";
import { RowPieces } from "../entities/row-pieces.js";
import { failpoint } from "../failpoints.js";
import type { Collection } from "../model/collection.js";
import type { ServerTraits } from "../model/server-version.js";
import { requireFolder } from "../storage/database-path.js";
import { storageFailure, wrapSqliteError } from "../storage/sqlite-errors.js";
import type { OneState } from "./one-state.js";
import { computing, shapeOf } from "./shape-of.js";
import type { TransferSteps } from "./transfer-scope.js";

export interface ExportPlan {
  readonly collection: Collection;
  /** Undefined: all. */
  readonly partitions: readonly number[] | undefined;
  readonly filter: string;
  /** Keys that were drawn are written too. */
  readonly keepIds: boolean;
  /** `-` for the standard output. */
  readonly path: string;
  readonly format: FileFormat;
  readonly overwrite: boolean;
  readonly form: CsvForm;
}

/** What an export uses of the engine. */
export interface ExportScope extends Pick<OneState, "sql"> {
  readonly server: ServerTraits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Rows that are turned into bytes together. */
const BATCH_ROWS = 256;

/**
 * Writes the rows of a collection into a file, in the order in which they lie in their table. The event loop runs meanwhile.
 *
 * @param scope whose rows are read: one state of the database
 * @throws InvalidExpression, FileExists, DiskFull
 */
export async function exportRows(
  { sql, server, now, random }: ExportScope,
  plan: ExportPlan,
  steps: TransferSteps,
): Promise<ExportResult> {
  const { collection, path, form } = plan;
  const table = new EntityTable(sql, collection);
  const columns = columnsOf(plan);
  const filter =
    plan.filter.trim() === ""
      ? undefined
      : new FilterCache(server.filters).compile(collection, plan.filter, undefined, "query");
  const pieces = new RowPieces(table, selectionOf(plan, filter, now()), false, filter?.cost ?? 1);
  const rows = new ColumnReader(table, columns);
  const writer = await rowWriter(plan.format, rows.columns(), shapeOf(collection), form);
  let sink: FileSink | undefined;
  let rowCount = 0;
  const slices = new Slices();
  const goOn = async (): Promise<void> => {
    if (slices.over) await slices.next();
    steps.check();
  };
  try {
    if (path !== "-") requireFolder(path);
    sink = openSink(path, plan.overwrite);
    await sink.write(writer.begin());
    for await (const ids of drawn(pieces, filter?.plan.sample, random, goOn)) {
      for (let from = 0; from < ids.length; from += BATCH_ROWS) {
        const reader = new ColumnReader(table, columns);
        reader.addByRowId(ids.slice(from, from + BATCH_ROWS));
        const batch = { rowCount: reader.rowCount, columns: reader.columns(), outputFields: [] };
        await sink.write(writer.rows(batch));
        rowCount += batch.rowCount;
        failpoint("mid-export");
        steps.progressed({ rows: rowCount, bytes: sink.written, totalBytes: 0 });
        await goOn();
      }
    }
    await sink.write(writer.end());
    await sink.finish();
    return { rowCount, bytes: sink.written };
  } catch (error) {
    sink?.abandon();
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw failure("FileExists", { path }, error);
    throw storageFailure(wrapSqliteError(error));
  }
}

/**
 * The rows of all pieces in their order; of a sample those that are drawn, when all have been found.
 *
 * @param share that is drawn; undefined: all
 */
async function* drawn(
  pieces: RowPieces,
  share: number | undefined,
  random: () => number,
  goOn: () => Promise<void>,
): AsyncGenerator<number[]> {
  const found: number[][] = [];
  while (!pieces.ended) {
    const ids = pieces.next(Number.POSITIVE_INFINITY);
    if (share === undefined) yield ids;
    else {
      found.push(ids);
      await goOn();
    }
  }
  if (share === undefined) return;
  let left = found.reduce((sum, ids) => sum + ids.length, 0);
  let wanted = drawnCount(left, share, random);
  for (const ids of found) {
    // Each of the rows that are left is as likely as any other one.
    yield ids.filter(() => {
      const taken = random() * left-- < wanted;
      if (taken) wanted--;
      return taken;
    });
  }
}

function columnsOf({ collection, keepIds }: ExportPlan): ColumnSelection {
  const { schema } = collection;
  return {
    fields: schema.fields.filter((field) => (keepIds || !field.autoId) && computing(collection, field) === undefined),
    dynamicKeys: schema.dynamic ? "all" : undefined,
  };
}

function selectionOf(
  { collection, partitions }: ExportPlan,
  filter: CompiledFilter | undefined,
  now: number,
): Selection {
  const condition = filter?.unwatched;
  return {
    ...(partitions === undefined ? {} : { partitions }),
    ...(condition === undefined ? {} : { filter: condition }),
    living: livingRows(collection, now),
  };
}
