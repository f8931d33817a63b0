import type { PushOptions } from "./move/options.js";
import { code, flag, oneOf, place, type Rules, readOptions, refusal, signal, texts } from "./option-rules.js";

const pushOptions: Rules<PushOptions> = {
  to: place,
  token: place,
  databases: texts,
  collections: texts,
  into: place,
  over: oneOf("grpc", "rest"),
  dryRun: flag,
  compare: oneOf("rows", "counts", "nothing"),
  journal: place,
  onProgress: code,
  signal,
};

/** The options of `push`. @throws InvalidParameter that names what is wrong */
export function readPushOptions(given: unknown): PushOptions {
  const options = readOptions<Partial<PushOptions>>("push", pushOptions, given);
  if (options.to === undefined) throw refusal('push needs an address: "to"');
  return options as PushOptions;
}
