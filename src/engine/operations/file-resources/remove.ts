import { failure } from "../../../errors.js";
import { namesResource } from "../../model/analyzer-files.js";
import type { Operation } from "../operation.js";

/**
 * Forgets a file. One that is not known is forgotten already.
 *
 * @throws InvalidParameter while a collection's analyzer names it
 */
export const removeFileResource: Operation<"file_resources/remove"> = {
  path: "file_resources/remove",
  run(ctx, request) {
    const name = request.name.trim();
    const user = ctx.catalog
      .allCollections()
      .find(({ schema }) => schema.fields.some((field) => namesResource(field, name)));
    if (user !== undefined) {
      throw failure("InvalidParameter", { text: `file resource ${name} is in use by collection ${user.name}` });
    }
    ctx.removal(() => ctx.fileResources.remove(name));
    return { data: {} };
  },
};
