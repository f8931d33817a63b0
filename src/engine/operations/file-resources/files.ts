import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import type { AnalyzerFiles } from "../../model/analyzer-files.js";

/** What a file may hold: it is kept in the database, and in memory while an analyzer uses it. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The text of a file that a request names. @throws Unsupported for another place, InvalidParameter, IoFailed */
export function readTextFile(ctx: EngineContext, given: string): string {
  const path = ctx.files.path(given);
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new Error("it is no file");
    if (stat.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    bytes = readFileSync(path);
  } catch (error) {
    throw failure("IoFailed", { reason: `${given} cannot be read: ${(error as Error).message}` }, error);
  }
  const text = bytes.toString("utf8");
  if (text.includes("\uFFFD") || text.includes("\0")) {
    throw failure("InvalidParameter", { text: `${given} is no text in UTF-8` });
  }
  return text;
}

/** The files that analyzers of a request may name. */
export function analyzerFiles(ctx: EngineContext): AnalyzerFiles {
  return {
    ofPath: (path) => readTextFile(ctx, path),
    ofResource(name, file) {
      const record = ctx.fileResources.find(name);
      if (record === undefined) throw failure("InvalidParameter", { text: `file resource not found: ${name}` });
      if (basename(record.path) !== file) {
        throw failure("InvalidParameter", { text: `file ${file} not found in file resource ${name}` });
      }
      return ctx.fileResources.content(name) ?? "";
    },
  };
}
