import { ConsistencyLevel } from "../messages/enums.js";

/** The names of levels by their numbers. */
export const LEVELS: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(ConsistencyLevel).map(([name, number]) => [number, name]),
);

/** The level that a read asks for; nothing where that is the collection's. */
export function consistencyOf(request: {
  readonly consistency_level: number;
  readonly use_default_consistency: boolean;
}): { readonly consistencyLevel?: string } {
  const level = request.use_default_consistency ? undefined : LEVELS[request.consistency_level];
  return level === undefined ? {} : { consistencyLevel: level };
}
