import { failure } from "../../../errors.js";
import { CONSISTENCY_LEVELS, type ConsistencyLevel } from "../../model/collection.js";

/**
 * Checks a consistency level; the engine is always strongly consistent.
 * @throws InvalidParameter
 */
export function checkConsistencyLevel(level: string | undefined): void {
  if (level === undefined || level === "" || CONSISTENCY_LEVELS.includes(level as ConsistencyLevel)) return;
  throw failure("InvalidParameter", {
    text: `consistencyLevel can only be [${CONSISTENCY_LEVELS.join(", ")}], default: Bounded, err:parameter:'${level}' is incorrect, please check it`,
  });
}
