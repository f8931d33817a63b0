import type { EnginePort, PortOptions } from "../../src/api/engine-port.js";
import type { Reply } from "../../src/engine/contract/reply.js";

export interface Executed {
  readonly path: string;
  readonly request: unknown;
  readonly options: PortOptions;
}
type Answer = (request: never, options: PortOptions) => Reply<unknown> | Promise<Reply<unknown>>;

/** An engine of canned answers that remembers what it was asked. */
export interface FakeEngine extends EnginePort {
  readonly executed: Executed[];
}

export function fakeEngine(answers: Record<string, Answer>): FakeEngine {
  const executed: Executed[] = [];
  return {
    executed,
    requireOpen: () => {},
    permit: async () => {},
    async execute(path, request, options = {}) {
      executed.push({ path, request, options });
      const answer = answers[path];
      if (answer === undefined) throw new Error(`no answer for ${path}`);
      return answer(request as never, options);
    },
  };
}
