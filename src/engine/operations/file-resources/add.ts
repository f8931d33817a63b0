import { failure } from "../../../errors.js";
import { requireRoom } from "../../model/room.js";
import type { Operation } from "../operation.js";
import { readTextFile } from "./files.js";

/**
 * Reads a file of words, which analyzers may name from then on.
 *
 * @throws InvalidParameter, Unsupported for another place, IoFailed
 */
export const addFileResource: Operation<"file_resources/add"> = {
  path: "file_resources/add",
  run(ctx, request) {
    const { path } = request;
    const name = request.name.trim();
    if (name === "") throw failure("InvalidParameter", { text: "file resource name should not be empty" });
    const content = readTextFile(ctx, path);
    const known = ctx.fileResources.find(name);
    if (known !== undefined) {
      if (known.path === path && ctx.fileResources.content(name) === content) return { data: {} };
      throw failure("InvalidParameter", { text: `file resource already exists: ${name}` });
    }
    requireRoom("file resources", ctx.fileResources.all().length);
    ctx.transaction(() => ctx.fileResources.add({ id: ctx.catalog.sequences.nextId(), name, path }, content));
    return { data: {} };
  },
};
