import type { DiffOptions, PullOptions, PushOptions } from "./move/options.js";
import {
  code,
  flag,
  integer,
  oneOf,
  orFalse,
  place,
  type Rules,
  readOptions,
  refusal,
  signal,
  text,
  texts,
} from "./option-rules.js";

const serverOptions = {
  token: place,
  databases: texts,
  collections: texts,
  over: oneOf("grpc", "rest"),
  onProgress: code,
  signal,
};
const moveOptions = {
  ...serverOptions,
  into: place,
  dryRun: flag,
  compare: oneOf("rows", "counts", "nothing"),
  journal: orFalse(place),
};
const pushOptions: Rules<PushOptions> = { ...moveOptions, to: place };
const pullOptions: Rules<PullOptions> = {
  ...moveOptions,
  from: place,
  filter: text,
  sample: integer(1, 10_000_000),
  redact: texts,
};
const diffOptions: Rules<DiffOptions> = { ...serverOptions, with: place, keys: integer(0, 1_000_000) };

/** The options of `push`. @throws InvalidParameter that names what is wrong */
export function readPushOptions(given: unknown): PushOptions {
  return addressed("push", "to", readOptions<PushOptions>("push", pushOptions, given));
}

/** The options of `pull`. @throws InvalidParameter that names what is wrong */
export function readPullOptions(given: unknown): PullOptions {
  return addressed("pull", "from", readOptions<PullOptions>("pull", pullOptions, given));
}

/** The options of `diff`. @throws InvalidParameter that names what is wrong */
export function readDiffOptions(given: unknown): DiffOptions {
  return addressed("diff", "with", readOptions<DiffOptions>("diff", diffOptions, given));
}

function addressed<Options extends object>(owner: string, option: keyof Options & string, options: Options): Options {
  if (options[option] === undefined) throw refusal(`${owner} needs an address: "${option}"`);
  return options;
}
