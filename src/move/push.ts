import type { Engine } from "../engine/index.js";
import { EngineSide } from "./engine-side.js";
import type { MoveIdentity } from "./journal.js";
import { withServer } from "./open-side.js";
import type { MoveReport, PushOptions } from "./options.js";
import { planMove } from "./plan.js";
import { journalOf, runMove } from "./run-move.js";

/** Puts collections of a database onto a server. */
export function push(engine: Pick<Engine, "execute">, file: string, options: PushOptions): Promise<MoveReport> {
  const { dryRun = false, compare = "rows", into, onProgress, signal } = options;
  const from = new EngineSide(engine, file);
  return withServer("the push", options.to, options, async (to) => {
    const planned = await planMove(from, to, to.server.name, options);
    if (dryRun) return { plan: planned.shown, rows: 0, comparisons: [] };
    const identity: MoveIdentity = {
      action: "push",
      store: await from.identity(),
      server: to.name,
      request: JSON.stringify({ into }),
    };
    const journal = journalOf(file, options.journal, identity);
    const whole = { filter: "", sample: undefined, change: unchanged, changed: NO_FIELDS };
    return runMove({ from, to, identity, journal, compare, ...whole, onProgress, signal }, planned);
  });
}

const NO_FIELDS: ReadonlySet<string> = new Set();

function unchanged<T>(rows: T): T {
  return rows;
}
