import { failure } from "../../../../errors.js";

export interface ImportOptionsRead {
  readonly sep: string;
  readonly nullkey: string;
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly commits: boolean;
}

/**
 * The options of a job, whose values are texts. Unknown ones are ignored, as servers do.
 *
 * @throws ImportFailed, InvalidParameter; Unsupported for files of backup tools
 */
export function readImportOptions(given: Readonly<Record<string, unknown>>): ImportOptionsRead {
  const text = (name: string): string => String(given[name] ?? "");
  for (const name of ["backup", "l0_import"]) {
    if (text(name).toLowerCase() === "true") throw unsupported(name);
  }
  if (text("ezk") !== "") throw unsupported("ezk");
  const autoCommit = text("auto_commit");
  if (!["", "true", "false"].includes(autoCommit)) {
    throw failure("InvalidParameter", { text: 'options.auto_commit must be one of "true" or "false"' });
  }
  const timeout = text("timeout");
  return {
    sep: text("sep"),
    nullkey: text("nullkey"),
    timeout: timeout === "" ? undefined : readDuration(timeout),
    commits: autoCommit !== "false",
  };
}

function unsupported(option: string): Error {
  return failure("Unsupported", { what: `option ${option} of imports is not supported by the embedded engine` });
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** `300s`, `1.5h`, `1h45m`. @returns milliseconds. @throws ImportFailed */
function readDuration(text: string): number {
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw failure("ImportFailed", { text: `parse timeout failed, err=time: invalid duration "${text}"` });
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (MILLISECONDS[unit as string] as number), 0);
}
