import type { EngineContext } from "../context.js";
import type { CallLimits } from "../contract/call-limits.js";
import type { FactsOf } from "../contract/facts.js";
import type { Reply } from "../contract/reply.js";
import type { OperationPath, RequestOf, ResultOf } from "../contract/table.js";

/** What runs behind a row of the contract. */
export interface Operation<Path extends OperationPath> {
  readonly path: Path;
  readonly run: (
    ctx: EngineContext,
    request: RequestOf<Path>,
    limits: CallLimits,
  ) => Reply<ResultOf<Path>, FactsOf<Path>> | Promise<Reply<ResultOf<Path>, FactsOf<Path>>>;
}
