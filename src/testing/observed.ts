import type { EnginePort } from "../api/engine-port.js";
import { ASKED_OPERATIONS } from "../api/grpc/asked-operations.js";
import type { SurfaceName, Tap } from "../api/tap.js";
import { isElanusError } from "../errors.js";
import type { CallRules } from "./rules.js";
import type { Shadow } from "./shadow.js";

/** One call that was made. */
export interface RecordedCall {
  /** As its path in REST v2: `entities/insert`; empty for a remote procedure that runs none. */
  readonly operation: string;
  /** In the form of the typed interface, whatever surface it came by. */
  readonly request: object;
  readonly surface: SurfaceName;
  /** The remote procedure, where it came by gRPC. */
  readonly rpc?: string;
  /** 0 where it has succeeded; undefined as long as it runs. */
  readonly code: number | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Stands between the surfaces and the store: writes calls down, and has them fail or wait as a test wants it. */
export class Observed implements Tap {
  readonly #rules: CallRules;
  readonly #shadow: Shadow | undefined;
  #lists: RecordedCall[][] = [];

  constructor(rules: CallRules, shadow: Shadow | undefined) {
    this.#rules = rules;
    this.#shadow = shadow;
  }

  /** A list that grows with every call from now on. */
  record(): readonly RecordedCall[] {
    const list: RecordedCall[] = [];
    this.#lists.push(list);
    return list;
  }

  /** Lets all lists be as they are. */
  endRecords(): void {
    this.#lists = [];
  }

  called(rpc: string): Promise<void> | undefined {
    return this.#rules.met(rpc)?.catch((error: unknown) => {
      this.#began({ operation: ASKED_OPERATIONS[rpc] ?? "", request: {}, surface: "grpc", rpc, code: codeOf(error) });
      throw error;
    });
  }

  #began(call: RecordedCall): void {
    for (const list of this.#lists) list.push(call);
  }

  port(surface: SurfaceName, engine: EnginePort, rpc?: string): EnginePort {
    return {
      requireOpen: () => engine.requireOpen(),
      permit: (path, names, options) => engine.permit(path, names, options),
      execute: async (path, request, options) => {
        // A look that a surface takes for what it was asked for is no call.
        if (options?.purpose !== undefined) return engine.execute(path, request, options);
        const call: Writable<RecordedCall> = {
          operation: path,
          request,
          surface,
          ...(rpc !== undefined && { rpc }),
          code: undefined,
        };
        this.#began(call);
        try {
          const met = this.#rules.met(path, options);
          if (met !== undefined) await met;
          const running = engine.execute(path, request, options);
          this.#shadow?.follow({ path, request, options, surface }, running);
          const reply = await running;
          call.code = 0;
          return reply;
        } catch (error) {
          call.code = codeOf(error);
          throw error;
        }
      },
    };
  }
}

function codeOf(error: unknown): number {
  return isElanusError(error) ? error.code : UNEXPECTED;
}

const UNEXPECTED = 65535;
