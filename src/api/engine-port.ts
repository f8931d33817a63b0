import type { Reply } from "../engine/contract/reply.js";
import type { Engine, ExecuteOptions } from "../engine/index.js";

/** The turn of a request to have its answer made. */
export interface Turn {
  /** For an answer that is small, as far as is known. @returns undefined where there is nothing to wait for */
  begin(): Promise<void> | undefined;
  /** For a large one. */
  /** @throws Timeout, RejectedByLimiter */
  take(deadline: number | undefined): Promise<void>;
}

/** How a surface wants an operation to be run. */
export interface PortOptions extends ExecuteOptions {
  /** To be taken before an answer is made; absent: any is made at once. */
  readonly turn?: Turn;
}

/** Tells a server who calls. */
export type Authenticate = Engine["authenticate"];

/** All that the surfaces need of an engine. Everything else about it is none of their business. */
export interface EnginePort extends Pick<Engine, "requireOpen" | "permit"> {
  execute(path: string, request: object, options?: PortOptions): Promise<Reply<unknown>>;
}

export type { Reply };
