import { failure } from "../../../../errors.js";
import { formatOfName } from "../../../../files/file-format.js";
import type { EngineContext } from "../../../context.js";
import type { CreateImportRequest } from "../../../contract/jobs.js";
import { type Collection, hasPartitionKey } from "../../../model/collection.js";
import { readCsvForm } from "../../../transfer/csv-form.js";
import { importedPath } from "../../../transfer/import-folder.js";
import type { ImportJob } from "../../../transfer/import-job-table.js";
import type { ImportPlan } from "../../../transfer/import-rows.js";
import { withEmbeddings } from "../../entities/embedding.js";
import type { Operation } from "../../operation.js";
import { requireCollection, requirePartition } from "../../resolve.js";
import { readImportOptions } from "./import-options.js";

/**
 * Begins to bring the rows of files into a collection; they become visible together when all have been read.
 *
 * @throws MissingParameters, ImportFailed, ImportPath, CollectionNotFound, PartitionNotFound, Unsupported
 */
export const createImportJob: Operation<"jobs/import/create"> = {
  path: "jobs/import/create",
  run(ctx, request) {
    const units = readUnits(request);
    const options = readImportOptions(request.options ?? {});
    const form = readCsvForm(options);
    const collection = requireCollection(ctx, request);
    const partitionName = requireTarget(collection, request.partitionName);
    const files = units.map((name) => ({ name, path: importedPath(ctx.importRoot, name), format: formatOf(name) }));
    const plan = (): ImportPlan => ({
      collection: requireThere(ctx, collection),
      partitionName,
      files,
      form,
      embedding: (work) => withEmbeddings(ctx, {}, work),
    });
    const { timeout, commits } = options;
    const jobId = ctx.imports.start({ plan, collection, units: files, timeout, commits });
    return { data: { jobId: String(jobId) } };
  },
  recall: (_ctx, _request, job) => ({ data: { jobId: String((job as ImportJob).id) } }),
};

/** Units of one request. */
const MOST_UNITS = 1024;

/** The name of the one file of each unit. @throws InvalidParameter, ImportFailed, Unsupported */
function readUnits({ files }: CreateImportRequest): readonly string[] {
  if (files.length === 0 || files.some((unit) => !Array.isArray(unit) || unit.length === 0)) {
    throw failure("InvalidParameter", { text: "import request is empty" });
  }
  if (files.length > MOST_UNITS) {
    const text = `The max number of import files should not exceed ${MOST_UNITS}, but got ${files.length}`;
    throw failure("ImportFailed", { text });
  }
  return files.map((unit) => readUnit(unit.map(String)));
}

const SHOWN: Readonly<Record<string, string>> = { json: "JSON", ndjson: "JSONL", csv: "CSV", parquet: "Parquet" };

function readUnit(names: readonly string[]): string {
  const kinds = names.map((name) => (name.toLowerCase().endsWith(".npy") ? "numpy" : formatOfName(name)));
  if (kinds.includes(undefined)) {
    throw failure("ImportFailed", { text: `unexpected file type, files=[${names.join(" ")}]` });
  }
  const [first] = kinds;
  const other = kinds.find((kind) => kind !== first);
  if (other !== undefined) {
    const text = `inconsistency in file types, (${names[0]}) vs (${names[kinds.indexOf(other)]})`;
    throw failure("ImportFailed", { text });
  }
  if (first === "numpy") throw failure("Unsupported", { what: "NumPy files are not supported by the embedded engine" });
  if (names.length > 1) {
    const shown = SHOWN[first as string];
    throw failure("ImportFailed", { text: `for ${shown} import, accepts only one file` });
  }
  return names[0] as string;
}

function formatOf(name: string) {
  const format = formatOfName(name);
  if (format === undefined) throw new Error("a file without a format");
  return format;
}

/** @throws PartitionNotFound, ImportFailed */
function requireTarget(collection: Collection, given: string | undefined): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (hasPartitionKey(collection)) {
    throw failure("ImportFailed", { text: "not allow to set partition name for collection with partition key" });
  }
  return requirePartition(collection, given).name;
}

function requireThere(ctx: EngineContext, { id }: Collection): Collection {
  const collection = ctx.catalog.byId(id);
  if (collection === undefined) throw failure("ImportFailed", { text: `collection ${id} dropped` });
  return collection;
}
