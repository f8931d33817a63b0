import type { Engine } from "../engine/index.js";
import { failure } from "../errors.js";
import { EngineSide } from "./engine-side.js";
import type { MoveIdentity } from "./journal.js";
import { withServer } from "./open-side.js";
import type { MoveReport, PullOptions } from "./options.js";
import { planMove, withChanges } from "./plan.js";
import { redaction } from "./redact.js";
import { journalOf, runMove } from "./run-move.js";

/** Brings collections of a server, or some of their rows, into a database. */
export function pull(engine: Pick<Engine, "execute">, file: string, options: PullOptions): Promise<MoveReport> {
  const { dryRun = false, compare = "rows", into, onProgress, signal } = options;
  const { filter = "", sample, redact = [] } = options;
  requireSteady(filter);
  const to = new EngineSide(engine, file);
  return withServer("the pull", options.from, options, async (from) => {
    const whole = await planMove(from, to, from.server.name, options);
    const { change, changed, remarks } = redaction(
      redact,
      whole.collections.map(({ described }) => described.description),
    );
    const planned = withChanges(whole, remarks);
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

const TEXTS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;

/** Rows are read page by page, and anew after an end in the middle. @throws InvalidParameter for a filter that draws others each time */
function requireSteady(filter: string): void {
  if (!/\brandom_sample\s*\(/i.test(filter.replace(TEXTS, '""'))) return;
  throw failure("InvalidParameter", {
    text: 'the filter of a pull cannot have random_sample, which draws other rows each time they are read: give "sample", a number of rows',
  });
}
