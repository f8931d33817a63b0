import type { Engine, Reply } from "../engine/index.js";

/** All that the surfaces need of an engine. Everything else about it is none of their business. */
export type EnginePort = Pick<Engine, "execute" | "has" | "operations">;
export type { ExecuteOptions } from "../engine/index.js";
export type { Reply };
