import type { Deadline } from "../../values/deadline.js";

export type SqlFunctionValue = bigint | number | string | null;

/** What statements call. */
export interface SqlFunction {
  readonly name: string;
  readonly deterministic: boolean;
  /** Integers arrive as bigint. */
  readonly safeIntegers: boolean;
  readonly fn: (...args: never[]) => SqlFunctionValue;
}

/** TRUE. Stands in statements so that the deadline is looked at between rows. */
export function tickFunction(deadline: Deadline): SqlFunction {
  const fn = (): number => {
    deadline.check();
    return 1;
  };
  return { name: "elanus_tick", deterministic: false, safeIntegers: false, fn };
}
