import { nearestName } from "../values/nearest-name.js";

/** The command line was used wrongly: answered with what matters, one line of usage, and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  /** How the command is used, where it is known which one was meant. */
  readonly usage: string | undefined;

  constructor(message: string, usage?: string) {
    super(message);
    this.usage = usage;
  }
}

/** Whether an option stands alone or takes a value. */
export type Arity = "flag" | "value";

export interface Arguments {
  /** What is no option. */
  readonly words: readonly string[];
  /** Every value of each option, in order; a flag that stands alone has the value `true`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * Splits arguments into words and options: `--name value`, `--name=value`, `--flag`, `-n value`, and `--` before words that
 * begin with a dash. Values may begin with a dash when they are numbers. `-h` is `--help`.
 *
 * @param arity of an option by its name without dashes; undefined when there is no such option
 * @param known names of options, of which the nearest to an unknown one is named
 * @throws UsageError for an unknown option and a missing value
 */
export function readArguments(
  argv: readonly string[],
  arity: (name: string) => Arity | undefined,
  known: readonly string[] = [],
): Arguments {
  const words: string[] = [];
  const options = new Map<string, string[]>();
  const add = (name: string, value: string): void => {
    const values = options.get(name);
    if (values === undefined) options.set(name, [value]);
    else values.push(value);
  };
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    if (argument === "--") {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (!/^-{1,2}[A-Za-z]/.test(argument)) {
      words.push(argument);
      continue;
    }
    const text = argument.replace(/^-+/, "");
    const equals = text.indexOf("=");
    const named = equals < 0 ? text : text.slice(0, equals);
    const name = named === "h" && arity("h") === undefined ? "help" : named;
    const kind = arity(name);
    if (kind === undefined) {
      const nearest = nearestName(name, known);
      const help = nearest === undefined ? "" : `: did you mean --${nearest}?`;
      throw new UsageError(`unknown option ${argument.split("=")[0]}${help}`);
    }
    const next = argv[i + 1];
    if (equals >= 0) add(name, text.slice(equals + 1));
    else if (kind === "flag") {
      // `--flag true` and `--flag false` are what people write, too.
      const given = next === "true" || next === "false";
      add(name, given ? next : "true");
      if (given) i++;
    } else {
      if (next === undefined || (next.startsWith("-") && next !== "-" && !/^-[\d.]/.test(next))) {
        throw new UsageError(`option ${argument} needs a value`);
      }
      add(name, next);
      i++;
    }
  }
  return { words, options };
}

/** The single value of an option; the last one wins. */
export function optionValue(options: Arguments["options"], ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = options.get(name)?.at(-1);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Whether a flag is given. */
export function isSet(options: Arguments["options"], flag: string): boolean {
  return optionValue(options, flag) === "true";
}

/** One of a few values. @throws UsageError */
export function choice<T extends string>(
  options: Arguments["options"],
  name: string,
  values: readonly T[],
): T | undefined {
  const value = optionValue(options, name);
  if (value === undefined) return undefined;
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`--${name} must be ${values.join(" or ")}, not ${value}`);
  return found;
}
