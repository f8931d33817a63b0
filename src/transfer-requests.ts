import { readPath } from "./database-path.js";
import type {
  BackupRequest,
  ExportRequest,
  ImportRequest,
  ReembedRequest,
  TransferProgress,
} from "./engine/contract/transfers.js";
import { FILE_FORMATS } from "./engine/contract/transfers.js";
import type { TransferWatch } from "./engine/index.js";
import {
  code,
  flag,
  integer,
  oneOf,
  type Rule,
  type Rules,
  readOptions,
  refusal,
  signal,
  text,
  texts,
} from "./option-rules.js";

/** Who watches it, and may end it. */
export interface WatchOptions {
  /** Told some times a second how far it has come, and at the end. */
  readonly onProgress?: (progress: TransferProgress) => void;
  /** Ends it: nothing of it stays, and it rejects with Aborted. */
  readonly signal?: AbortSignal;
}

/** Which file: a path, or a URL as `node:fs` takes it. */
export type FilePath = string | URL;

export interface ImportOptions extends Omit<ImportRequest, "from">, WatchOptions {
  /** One file or several, whose rows become visible together; `-` is the standard input. */
  readonly from: FilePath | readonly FilePath[];
}

export interface ExportOptions extends Omit<ExportRequest, "to">, WatchOptions {
  /** A file, which has its name when it is whole; `-` is the standard output. */
  readonly to: FilePath;
}

export interface ReembedOptions extends ReembedRequest, Omit<WatchOptions, "signal"> {
  /** Ends it with Aborted: what was made stays, and the next call goes on. */
  readonly signal?: AbortSignal;
}

export interface BackupOptions extends Omit<BackupRequest, "to">, WatchOptions {}

/** Looked at by what opens the files. */
const anything: Rule = { expected: "", accepts: () => true };

const watched = { onProgress: code, signal };
const rowFile = {
  dbName: text,
  collectionName: text,
  format: oneOf(...FILE_FORMATS),
  sep: text,
  nullkey: text,
  ...watched,
};
const importRules: Rules<ImportOptions> = { ...rowFile, partitionName: text, from: anything };
const exportRules: Rules<ExportOptions> = {
  ...rowFile,
  partitionNames: texts,
  filter: text,
  to: anything,
  keepIds: flag,
  overwrite: flag,
};

const reembedRules: Rules<ReembedOptions> = {
  dbName: text,
  collectionName: text,
  fieldName: text,
  model: text,
  dimension: integer(1, Number.MAX_SAFE_INTEGER),
  ...watched,
};

const backupRules: Rules<BackupOptions> = { overwrite: flag, ...watched };

/** A request, and who watches it. */
export interface Watched<Request> {
  readonly request: Request;
  readonly watch: TransferWatch;
}

/** The argument of `import`. @throws InvalidParameter that names what is wrong */
export function readImport(given: unknown): Watched<ImportRequest> {
  const { onProgress, signal, from, ...rest } = readOptions<ImportOptions>("import", importRules, given);
  const files = Array.isArray(from) ? (from as readonly unknown[]) : [from];
  if (files.length === 0) throw refusal('"from" of import names no file');
  const paths = files.map((file) => readPath('"from" of import', file));
  return { request: { ...named("import", rest), from: paths }, watch: { onProgress, signal } };
}

/** The argument of `export`. @throws InvalidParameter that names what is wrong */
export function readExport(given: unknown): Watched<ExportRequest> {
  const { onProgress, signal, to, ...rest } = readOptions<ExportOptions>("export", exportRules, given);
  return { request: { ...named("export", rest), to: readPath('"to" of export', to) }, watch: { onProgress, signal } };
}

function named<Given extends { readonly collectionName?: string }>(owner: string, given: Given): Given {
  if (given.collectionName === undefined) throw refusal(`${owner} needs a "collectionName"`);
  return given;
}

/** The argument of `reembed`. @throws InvalidParameter that names what is wrong */
export function readReembed(given: unknown): Watched<ReembedRequest> {
  const { onProgress, signal, ...rest } = readOptions<ReembedOptions>("reembed", reembedRules, given);
  const request = named("reembed", rest);
  for (const name of ["fieldName", "model"] as const) if (!request[name]) throw refusal(`reembed needs a "${name}"`);
  return { request, watch: { onProgress, signal } };
}

/** The arguments of `backup`. @throws InvalidParameter that names what is wrong */
export function readBackup(path: unknown, given: unknown): Watched<BackupRequest> {
  const { onProgress, signal, ...rest } = readOptions<BackupOptions>("backup", backupRules, given);
  const to = readPath("the path of a backup", path);
  return { request: { ...rest, to }, watch: { onProgress, signal } };
}
