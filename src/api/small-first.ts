import { contract, isOperation } from "../engine/contract/table.js";
import { isElanusError } from "../errors.js";
import type { EnginePort } from "./engine-port.js";

/** Bytes of the values in an answer that is made with others at a time. */
const SMALL_BYTES = 2 * 1024 * 1024;

/** How large an answer will be is known when it has been made: it is made small first, and whole when its turn has come. */
export function smallFirst(engine: EnginePort): EnginePort {
  return {
    requireOpen: () => engine.requireOpen(),
    permit: (path, names, asker) => engine.permit(path, names, asker),
    async execute(path, request, options = {}) {
      const { turn, ...own } = options;
      if (turn === undefined || !isOperation(path) || contract[path].writes) return engine.execute(path, request, own);
      const begun = turn.begin();
      if (begun !== undefined) await begun;
      try {
        return await engine.execute(path, request, { ...own, replyBytes: SMALL_BYTES });
      } catch (error) {
        if (!isElanusError(error, "ReplyTooLarge")) throw error;
      }
      await turn.take(own.deadline);
      return engine.execute(path, request, own);
    },
  };
}
