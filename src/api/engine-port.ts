import type { Reply } from "../engine/contract/reply.js";
import type { Engine } from "../engine/index.js";

/** All that the surfaces need of an engine. Everything else about it is none of their business. */
export type EnginePort = Pick<Engine, "execute" | "requireOpen">;
export type { ExecuteOptions } from "../engine/index.js";
export type { Reply };
