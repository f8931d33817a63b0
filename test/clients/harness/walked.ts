import { beforeAll, expect } from "vitest";
import type { StepResult, Walk } from "./walk.js";

/** A walk that is gone once for all tests of a group. */
export interface Walked {
  /** What a step came to, which must not have failed. */
  value(step: string): unknown;
  error(step: string): StepResult["error"];
  rpcs(step: string): readonly string[];
  /** What the first call of a step said beside its message. */
  metadata(step: string): Readonly<Record<string, unknown>> | undefined;
}

/** Goes on a walk before the tests of a group. @param timeoutMs for building what it needs, too */
export function walked(start: () => Promise<Walk>, timeoutMs: number): Walked {
  let walk: Walk;
  beforeAll(async () => {
    walk = await start();
  }, timeoutMs);
  return {
    value(step) {
      const { error, value } = walk.result(step);
      expect([step, error]).toEqual([step, undefined]);
      return value;
    },
    error: (step) => walk.result(step).error,
    rpcs: (step) => walk.rpcs(step),
    metadata: (step) => walk.calls(step)[0]?.metadata,
  };
}
