import type { EngineContext } from "../context.js";
import type { Reply } from "../contract/reply.js";
import type { OperationPath, RequestOf, ResultOf } from "../contract/table.js";

/** What bounds one call. */
export interface CallLimits {
  /** Milliseconds since the epoch after which nobody waits for the answer: long work ends there with 10001. */
  readonly deadline?: number;
}

/** What runs behind a row of the contract. */
export interface Operation<Path extends OperationPath> {
  readonly path: Path;
  readonly run: (
    ctx: EngineContext,
    request: RequestOf<Path>,
    limits: CallLimits,
  ) => Reply<ResultOf<Path>> | Promise<Reply<ResultOf<Path>>>;
}
