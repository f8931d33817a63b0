import { failure } from "./errors.js";
import { isPlainObject, kindOf } from "./values/js-value.js";
import { didYouMean } from "./values/nearest-name.js";
import { shownText, thrownText } from "./values/shown-text.js";

/** What a value of an option must be. */
export interface Rule {
  /** In words: `true or false`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** The texts it may be, where these are few. */
  readonly names?: readonly string[];
  /** Its value stands in no message. */
  readonly secret?: boolean;
  /** The options inside, where it has some. */
  readonly parts?: Readonly<Record<string, Rule>>;
}

/** One rule per option: an option without one does not compile. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule };

export const flag: Rule = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
export const text: Rule = { expected: "a text", accepts: (value) => typeof value === "string" };
export const code: Rule = { expected: "a function", accepts: (value) => typeof value === "function" };
export const signal: Rule = {
  expected: "an AbortSignal",
  accepts: (value) => typeof (value as { addEventListener?: unknown } | null)?.addEventListener === "function",
};
export const place: Rule = {
  expected: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
};
export const secret: Rule = {
  expected: "a text or bytes (Uint8Array) that are not empty",
  accepts: (value) => (typeof value === "string" || value instanceof Uint8Array) && value.length > 0,
  secret: true,
};
export function orFalse(rule: Rule): Rule {
  return {
    ...rule,
    expected: `${rule.expected}, or false`,
    accepts: (value) => value === false || rule.accepts(value),
  };
}
export const texts: Rule = {
  expected: "an array of texts",
  accepts: (value) => Array.isArray(value) && Array.from(value).every((item) => typeof item === "string"),
};
export const textsByName: Rule = {
  expected: "an object of texts",
  accepts: (value) => isOptions(value) && Object.values(value).every((item) => typeof item === "string"),
};

export function flagOr(name: string): Rule {
  return {
    expected: `true, false or ${JSON.stringify(name)}`,
    names: [name],
    accepts: (value) => flag.accepts(value) || value === name,
  };
}

export const flagOrTexts: Rule = {
  expected: "true, false or an array of texts",
  accepts: (value) => flag.accepts(value) || texts.accepts(value),
};

export function oneOf(...names: readonly string[]): Rule {
  const quoted = names.map((name) => JSON.stringify(name));
  const expected = [quoted.slice(0, -1).join(", "), quoted.at(-1)].join(" or ");
  return { expected, names, accepts: (value) => names.includes(value as string) };
}

export function integer(least: number, most: number, orInfinity = false): Rule {
  const none = orInfinity ? ", or Infinity" : "";
  return {
    expected: `an integer from ${least} to ${most}${none}`,
    accepts: (value) =>
      (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) ||
      (orInfinity && value === Number.POSITIVE_INFINITY),
  };
}

export function object(parts: Readonly<Record<string, Rule>>): Rule {
  return { expected: "an object", accepts: isOptions, parts };
}

/**
 * @param owner whose options they are, for messages
 * @returns those that are given: `undefined` counts as absent
 */
export function readOptions<T extends object>(owner: string, rules: Rules<T>, given: unknown): T {
  if (given === undefined) return {} as T;
  if (!isOptions(given)) throw refusal(`the options of ${owner} must be an object, not ${shown(given)}`);
  let own: Record<string, unknown>;
  try {
    own = { ...given };
  } catch (error) {
    throw failure("InvalidParameter", { text: `the options of ${owner} cannot be read: ${thrownText(error)}` }, error);
  }
  return checkParts(owner, rules as Readonly<Record<string, Rule>>, own, "") as T;
}

function checkParts(
  owner: string,
  rules: Readonly<Record<string, Rule>>,
  given: Readonly<Record<string, unknown>>,
  at: string,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined)
      throw refusal(`${owner} has no option "${at}${name}"${didYouMean(name, Object.keys(rules))}`);
    if (value === undefined) continue;
    if (!rule.accepts(value)) {
      const meant = typeof value === "string" ? didYouMean(value, rule.names ?? []) : "";
      const not = rule.secret === true ? "" : `, not ${shown(value)}${meant}`;
      throw refusal(`"${at}${name}" of ${owner} must be ${rule.expected}${not}`);
    }
    read[name] =
      rule.parts === undefined
        ? value
        : checkParts(owner, rule.parts, value as Readonly<Record<string, unknown>>, `${at}${name}.`);
  }
  return read;
}

export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlainObject(value);
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return kindOf(value);
  return typeof value === "string" ? JSON.stringify(shownText(value, 60)) : shownText(value, 60);
}

export function refusal(message: string): Error {
  return failure("InvalidParameter", { text: message });
}
