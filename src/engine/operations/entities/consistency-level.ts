import { failure } from "../../../errors.js";
import type { ConsistencyLevel } from "../../model/collection.js";

const LEVELS: readonly ConsistencyLevel[] = ["Strong", "Session", "Bounded", "Eventually", "Customized"];

/**
 * Checks a consistency level; the engine is always strongly consistent.
 * @throws InvalidParameter
 */
export function checkConsistencyLevel(level: string | undefined): void {
  if (level === undefined || level === "" || LEVELS.includes(level as ConsistencyLevel)) return;
  throw failure("InvalidParameter", {
    text: `consistencyLevel can only be [${LEVELS.join(", ")}], default: Bounded, err:parameter:'${level}' is incorrect, please check it`,
  });
}
