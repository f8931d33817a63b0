import type { Engine } from "../engine/index.js";
import { failure } from "../errors.js";
import { EngineSide } from "./engine-side.js";
import type { MoveIdentity } from "./journal.js";
import { openServer } from "./open-side.js";
import type { MoveReport, PushOptions } from "./options.js";
import { planMove } from "./plan.js";
import { journalOf, runMove } from "./run-move.js";

/** Puts collections of a database onto a server. */
export async function push(engine: Pick<Engine, "execute">, file: string, options: PushOptions): Promise<MoveReport> {
  const { dryRun = false, compare = "rows", onProgress, signal } = options;
  const from = new EngineSide(engine, file);
  const to = await openServer(options.to, options);
  try {
    const planned = await planMove(from, to, to.server.name, options);
    if (dryRun) return { plan: planned.shown, rows: 0, comparisons: [] };
    const { databases, collections, into } = options;
    const identity: MoveIdentity = {
      action: "push",
      store: await from.identity(),
      server: to.name,
      request: JSON.stringify({ databases, collections, into }),
    };
    const move = { from, to, identity, compare, filter: "", change: unchanged, changed: NO_FIELDS, onProgress, signal };
    return await runMove({ ...move, journal: journalOf(file, options.journal, identity) }, planned);
  } catch (error) {
    throw signal?.aborted === true ? failure("Aborted", { what: "the push" }, error) : error;
  } finally {
    await to.close();
  }
}

const NO_FIELDS: ReadonlySet<string> = new Set();

function unchanged<T>(rows: T): T {
  return rows;
}
