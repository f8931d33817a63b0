import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { failure } from "../errors.js";
import type { Key } from "./side.js";

/** Whose journal it is. */
export interface MoveIdentity {
  readonly action: "push" | "pull";
  /** Tells the store from every other one, also when its file is moved. */
  readonly store: string;
  readonly server: string;
  /** What is asked for: another choice of rows is another move. */
  readonly request: string;
}

/** How far the rows of one partition have come. */
export interface Progress {
  /** The last key that is surely there. */
  readonly after: Key | undefined;
  /** Rows up to this key may be there: they were being written when the move ended. */
  readonly doubtUpTo: Key | undefined;
  readonly rows: number;
  readonly done: boolean;
  /** Keys of rows that were refused, and are to be tried again. */
  readonly refused: readonly Key[];
}

const NOTHING: Progress = { after: undefined, doubtUpTo: undefined, rows: 0, done: false, refused: [] };

/** What is kept of a collection. */
interface KnownCollection {
  /** Of both sides: made anew, it is another one. */
  readonly ids: string;
  /** It was there before the move began, and may have rows of the same keys. */
  readonly found: boolean;
  /** Partitions that were loaded on the other side before the move began. */
  readonly loaded: readonly string[];
}

/** One line of the file. Keys are texts, with an `i` in front of integers: JSON has no large ones. */
type Line =
  | ({ readonly kind: "move" } & MoveIdentity)
  /** From here on `collection` means the one with these ids: what was written of another one is forgotten. */
  | ({ readonly kind: "collection"; readonly collection: string } & KnownCollection)
  | { readonly kind: "begin"; readonly part: string; readonly upTo: string }
  | {
      readonly kind: "written";
      readonly part: string;
      readonly upTo: string;
      readonly rows: number;
      readonly refused?: readonly string[];
    }
  | { readonly kind: "tried"; readonly part: string; readonly refused: readonly string[] }
  | { readonly kind: "done"; readonly part: string };

/** What a move has done, so that it goes on where it was ended, whenever that was. */
export interface Journal {
  /** A collection is being moved. @returns what was told of the same one at first */
  collection(name: string, now: KnownCollection): KnownCollection;
  progress(collection: string, partition: string): Progress;
  begin(collection: string, partition: string, upTo: Key): void;
  written(collection: string, partition: string, upTo: Key, rows: number, refused: readonly Key[]): void;
  /** Those of the refused rows that were refused again. */
  tried(collection: string, partition: string, refused: readonly Key[]): void;
  done(collection: string, partition: string): void;
  /** The move has ended. @param complete nothing is left to be tried: the file goes, as it does where no row was moved */
  end(complete: boolean): void;
}

/** Where the journal of a move lies: beside the database file, one per address. */
export function journalPath(file: string, { action, server }: MoveIdentity): string {
  const place = createHash("sha256").update(server).digest("hex").slice(0, 8);
  return `${file}.${action}-${place}.journal`;
}

/**
 * Opens the journal of a move, or begins it.
 *
 * @param path undefined: none is kept, and a move that was ended begins anew
 * @throws JournalForeign for that of another move, IoFailed
 */
export function openJournal(path: string | undefined, identity: MoveIdentity): Journal {
  const state = new Map<string, Progress>();
  const collections = new Map<string, KnownCollection>();
  const lines = path === undefined ? [] : readLines(path);
  const [first] = lines;
  if (path !== undefined && first !== undefined) checkIdentity(path, first, identity);
  for (const line of lines.slice(1)) apply(line, state, collections);
  const file = path === undefined ? undefined : new JournalFile(path);
  file?.rewrite([{ kind: "move", ...identity }, ...compact(state, collections)]);
  const note = (line: Line): void => {
    apply(line, state, collections);
    file?.append(line);
  };
  return {
    collection(collection, now) {
      const known = collections.get(collection);
      if (known?.ids === now.ids) return known;
      note({ kind: "collection", collection, ...now });
      return now;
    },
    progress: (collection, partition) => state.get(partName(collection, partition)) ?? NOTHING,
    begin: (collection, partition, upTo) =>
      note({ kind: "begin", part: partName(collection, partition), upTo: keyText(upTo) }),
    written: (collection, partition, upTo, rows, refused) =>
      note({
        kind: "written",
        part: partName(collection, partition),
        upTo: keyText(upTo),
        rows,
        ...(refused.length > 0 && { refused: refused.map(keyText) }),
      }),
    tried: (collection, partition, refused) =>
      note({ kind: "tried", part: partName(collection, partition), refused: refused.map(keyText) }),
    done: (collection, partition) => note({ kind: "done", part: partName(collection, partition) }),
    end(complete) {
      file?.close();
      if ((complete || state.size === 0) && path !== undefined) rmSync(path, { force: true });
    },
  };
}

function partName(collection: string, partition: string): string {
  return `${collection}/${partition}`;
}

function keyText(key: Key): string {
  return typeof key === "string" ? `s${key}` : `i${key}`;
}

function readKey(text: string): Key {
  return text.startsWith("s") ? text.slice(1) : BigInt(text.slice(1));
}

function apply(line: Line, state: Map<string, Progress>, collections: Map<string, KnownCollection>): void {
  if (line.kind === "move") return;
  if (line.kind === "collection") {
    collections.set(line.collection, { ids: line.ids, found: line.found, loaded: line.loaded });
    for (const part of state.keys()) if (part.startsWith(`${line.collection}/`)) state.delete(part);
    return;
  }
  const known = state.get(line.part) ?? NOTHING;
  switch (line.kind) {
    case "begin":
      state.set(line.part, { ...known, doubtUpTo: readKey(line.upTo) });
      break;
    case "written": {
      const refused = [...known.refused, ...(line.refused ?? []).map(readKey)];
      state.set(line.part, {
        ...known,
        after: readKey(line.upTo),
        doubtUpTo: undefined,
        rows: known.rows + line.rows,
        refused,
      });
      break;
    }
    case "tried":
      state.set(line.part, { ...known, refused: line.refused.map(readKey) });
      break;
    case "done":
      state.set(line.part, { ...known, doubtUpTo: undefined, done: true });
  }
}

/** The same state in as few lines as it takes. */
function* compact(
  state: ReadonlyMap<string, Progress>,
  collections: ReadonlyMap<string, KnownCollection>,
): Generator<Line> {
  for (const [collection, known] of collections) yield { kind: "collection", collection, ...known };
  for (const [part, { after, doubtUpTo, rows, done, refused }] of state) {
    if (after !== undefined) {
      yield { kind: "written", part, upTo: keyText(after), rows, refused: refused.map(keyText) };
    }
    if (doubtUpTo !== undefined) yield { kind: "begin", part, upTo: keyText(doubtUpTo) };
    if (done) yield { kind: "done", part };
  }
}

/** All whole lines: the last one may have been cut off by the end of its process. */
function readLines(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw failure("IoFailed", { reason: `${path}: ${(error as Error).message}` }, error);
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  try {
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
  } catch (error) {
    throw failure("JournalForeign", { path, reason: "it cannot be read" }, error);
  }
}

function checkIdentity(path: string, first: Line, wanted: MoveIdentity): void {
  const known = first.kind === "move" ? first : undefined;
  const said = {
    action: "another command",
    store: "another store",
    server: "another server",
    request: "other rows, or another name, were asked for",
  };
  if (known === undefined) throw failure("JournalForeign", { path, reason: "it is no journal of a move" });
  for (const [key, reason] of Object.entries(said)) {
    const name = key as keyof MoveIdentity;
    if (known[name] !== wanted[name]) throw failure("JournalForeign", { path, reason });
  }
}

/** A file to which lines are added, each on the disk before the next step is taken. */
class JournalFile {
  readonly #path: string;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Puts lines in the place of all that is there, at once, or leaves it. */
  rewrite(lines: Iterable<Line>): void {
    const temporary = `${this.#path}.new`;
    this.#guarded(() => {
      try {
        const descriptor = openSync(temporary, "w", 0o600);
        try {
          writeWhole(descriptor, lines);
        } finally {
          closeSync(descriptor);
        }
        renameSync(temporary, this.#path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
      this.#descriptor = openSync(this.#path, "a");
    });
  }

  append(line: Line): void {
    this.#guarded(() => writeWhole(this.#descriptor as number, [line]));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const reason = `${this.#path}: ${message}`;
      throw failure(code === "ENOSPC" || code === "EDQUOT" ? "DiskFull" : "IoFailed", { reason }, error);
    }
  }
}

/** All of the lines, and on the disk: what a nearly full one takes may be a part. */
function writeWhole(descriptor: number, lines: Iterable<Line>): void {
  writeFileSync(descriptor, [...lines].map((line) => `${JSON.stringify(line)}\n`).join(""));
  fsyncSync(descriptor);
}
