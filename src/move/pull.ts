import type { Engine } from "../engine/index.js";
import { EngineSide } from "./engine-side.js";
import type { MoveIdentity } from "./journal.js";
import { withServer } from "./open-side.js";
import type { MoveReport, PullOptions } from "./options.js";
import { planMove } from "./plan.js";
import { redaction } from "./redact.js";
import { journalOf, runMove } from "./run-move.js";

/** Brings collections of a server, or some of their rows, into a database. */
export function pull(engine: Pick<Engine, "execute">, file: string, options: PullOptions): Promise<MoveReport> {
  const { dryRun = false, compare = "rows", into, onProgress, signal } = options;
  const { filter = "", sample, redact = [] } = options;
  const to = new EngineSide(engine, file);
  return withServer("the pull", options.from, options, async (from) => {
    const planned = await planMove(from, to, from.server.name, options);
    const { change, changed } = redaction(
      redact,
      planned.collections.map(({ described }) => described),
    );
    if (dryRun) return { plan: planned.shown, rows: 0, comparisons: [] };
    const identity: MoveIdentity = {
      action: "pull",
      store: await to.identity(),
      server: from.name,
      request: JSON.stringify({ into, filter, sample, redact }),
    };
    const journal = journalOf(file, options.journal, identity);
    return runMove(
      { from, to, identity, journal, compare, filter, sample, change, changed, onProgress, signal },
      planned,
    );
  });
}
