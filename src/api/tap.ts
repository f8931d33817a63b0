import type { EnginePort } from "./engine-port.js";

/** The ways into an engine. */
export type SurfaceName = "typed" | "rest-v2" | "rest-v1" | "rest-9091" | "grpc";

/** Stands between the surfaces and the engine: it sees every call, and may have it end otherwise. */
export interface Tap {
  /** The engine as one surface has it. @param rpc the remote procedure that is running */
  port(surface: SurfaceName, engine: EnginePort, rpc?: string): EnginePort;
  /** A remote procedure begins. @throws ElanusError to have it fail */
  called(rpc: string): Promise<void> | undefined;
}
