import { contract, isOperation } from "../engine/contract/table.js";
import { isElanusError } from "../errors.js";
import type { EnginePort, Reply } from "./engine-port.js";

/** Bytes of the values in an answer that is made with others at a time. */
const SMALL_BYTES = 2 * 1024 * 1024;

/** How large an answer will be is known when it has been made: it is made small first, and whole when its turn has come. */
export function smallFirst(engine: EnginePort): EnginePort {
  return {
    requireOpen: () => engine.requireOpen(),
    permit: (path, names, asker) => engine.permit(path, names, asker),
    execute(path, request, options = {}) {
      const { turn, ...own } = options;
      if (turn === undefined || !isOperation(path) || contract[path].writes) return engine.execute(path, request, own);
      const whole = async (error: unknown): Promise<Reply<unknown>> => {
        if (!isElanusError(error, "ReplyTooLarge")) throw error;
        await turn.take(own.deadline);
        return engine.execute(path, request, own);
      };
      const small = () => engine.execute(path, request, { ...own, replyBytes: SMALL_BYTES }).catch(whole);
      const begun = turn.begin();
      return begun === undefined ? small() : begun.then(small);
    },
  };
}
