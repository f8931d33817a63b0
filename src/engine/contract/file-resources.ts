import type { Done, EmptyRequest } from "./request.js";
import type { ContractRows, RequestField } from "./row.js";

export interface FileResourceRequest {
  readonly name: string;
}

export interface AddFileResourceRequest extends FileResourceRequest {
  /** A file below the option `filesRoot`: a path, or a `file:` URL. */
  readonly path: string;
}

export interface FileResource {
  readonly id: number;
  readonly name: string;
  readonly path: string;
}

export interface FileResourceOperations {
  /**
   * Reads a file of words, which analyzers may name from then on (`stop_words_file` and the like). What it holds is kept in the
   * database. The same again is no error.
   *
   * @throws InvalidParameter, Unsupported for another place, IoFailed
   */
  "file_resources/add"(request: AddFileResourceRequest): Done;
  /**
   * Forgets a file. One that is not known is forgotten already.
   *
   * @throws InvalidParameter while a collection's analyzer names it
   */
  "file_resources/remove"(request: FileResourceRequest): Done;
  /** All of them, in order of addition. */
  "file_resources/list"(request?: EmptyRequest): readonly FileResource[];
}

const name: RequestField = { kind: "string", required: true };

export const fileResources: ContractRows<FileResourceOperations> = {
  "file_resources/add": {
    request: { name, path: { kind: "string", required: true } },
    writes: true,
    privilege: { object: "Global", name: "AddFileResource" },
  },
  "file_resources/remove": {
    request: { name },
    writes: true,
    privilege: { object: "Global", name: "RemoveFileResource" },
  },
  "file_resources/list": { request: {}, writes: false, privilege: { object: "Global", name: "ListFileResources" } },
};
