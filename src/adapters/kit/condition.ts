/** Text of the filter language, or what is so for every row. */
export type Predicate = string | boolean;

/**
 * A condition on a row and its opposite. In the filter language `not` leaves a comparison unknown where the field is missing or of another
 * type; in that of the frameworks such a row does not fulfil the comparison, so it fulfils its opposite. That is why both are written down.
 */
export interface Condition {
  readonly holds: Predicate;
  readonly fails: Predicate;
}

export function not({ holds, fails }: Condition): Condition {
  return { holds: fails, fails: holds };
}

export function all(conditions: readonly Condition[]): Condition {
  return {
    holds: joined("and", conditions, ({ holds }) => holds),
    fails: joined("or", conditions, ({ fails }) => fails),
  };
}

export function any(conditions: readonly Condition[]): Condition {
  return not(all(conditions.map(not)));
}

/** At least one of some predicates. */
export function either(...predicates: readonly Predicate[]): Predicate {
  return joined("or", predicates, (predicate) => predicate);
}

function joined<T>(word: "and" | "or", items: readonly T[], of: (item: T) => Predicate): Predicate {
  const decides = word === "or";
  const texts = new Set<string>();
  for (const item of items) {
    const predicate = of(item);
    if (predicate === decides) return decides;
    if (typeof predicate === "string") texts.add(predicate);
  }
  if (texts.size === 0) return !decides;
  const [only] = texts;
  return texts.size === 1 ? (only as string) : `(${[...texts].join(` ${word} `)})`;
}
