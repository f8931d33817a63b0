import type { Elanus } from "../index.js";
import { type Arguments, type Arity, isSet, readArguments, UsageError } from "./arguments.js";
import type { Io, TerminalLine } from "./io.js";
import { keyOf } from "./key.js";
import { openPlace, PLACE_VALUES, placeOf } from "./place.js";

/** A command about one database, which is a file or behind an address. */
export interface PlaceCommand {
  readonly usage: string;
  readonly help: string;
  readonly values?: readonly string[];
  /** `write` among them: without it the database is only read. */
  readonly flags?: readonly string[];
  /** @throws UsageError for options that do not go together, before anything is opened */
  check?(options: Arguments["options"]): void;
  /** @param line shows progress; undefined where there is nobody who sees it, or nothing to tell */
  run(db: Elanus, options: Arguments["options"], io: Io, line: TerminalLine | undefined): Promise<void>;
}

/** The names of all its options. */
export function optionsOfPlaceCommand(command: PlaceCommand): readonly string[] {
  return [...valuesOf(command), ...flagsOf(command)];
}

const valuesOf = ({ values = [] }: PlaceCommand): readonly string[] => [...PLACE_VALUES, ...values];
const flagsOf = ({ flags = [] }: PlaceCommand): readonly string[] => [...flags, "help"];

/** Runs one on what its arguments name. */
export async function runOnPlace(command: PlaceCommand, argv: readonly string[], io: Io): Promise<number> {
  const { usage, help } = command;
  const arity = (name: string): Arity | undefined =>
    valuesOf(command).includes(name) ? "value" : flagsOf(command).includes(name) ? "flag" : undefined;
  try {
    const { words, options } = readArguments(argv.slice(1), arity, optionsOfPlaceCommand(command));
    if (options.has("help")) {
      io.out(`${usage}\n\n${help}`);
      return 0;
    }
    command.check?.(options);
    const place = placeOf(words, options);
    const reads = !isSet(options, "write");
    const db = await openPlace(place, { reads, options: keyOf(options, io) });
    try {
      // A server tells of its progress when it is asked.
      await command.run(db, options, io, "path" in place ? io.line : undefined);
      return 0;
    } finally {
      await db.close();
    }
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, usage) : error;
  }
}
