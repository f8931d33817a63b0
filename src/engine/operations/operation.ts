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
  /**
   * What is answered to who asks a second time for a write that is done, since the first answer was lost. Absent: that it is done.
   *
   * @param kept what the first transaction of `run` gave
   * @returns undefined for a write that is to be done to its end once more
   */
  readonly recall?: (
    ctx: EngineContext,
    request: RequestOf<Path>,
    kept: unknown,
  ) => Reply<ResultOf<Path>, FactsOf<Path>> | undefined;
}

/** One of them, whichever. */
export interface AnyOperation {
  run(ctx: EngineContext, request: object, limits: CallLimits): Reply<unknown> | Promise<Reply<unknown>>;
  recall?(ctx: EngineContext, request: object, kept: unknown): Reply<unknown> | undefined;
}
