/** Somebody at a terminal who is asked for lines. */
export interface Prompter {
  /** The next line; undefined when there are no more. */
  ask(prompt: string): Promise<string | undefined>;
  /** @param listener is told of a Ctrl-C that comes while nobody is asked */
  onInterrupt(listener: () => void): void;
  close(): void;
}

/** What may stand at the end of a line, and the part of the line that it takes the place of. */
export type Completer = (line: string) => readonly [candidates: readonly string[], part: string];

/** A line of a terminal, which can be rewritten. */
export interface TerminalLine {
  write(text: string): void;
  /** Of the terminal; undefined or 0 where it does not say. */
  readonly columns: number | undefined;
}

/** What a command may do to the world around it. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the process is told to stop. */
  untilStopped(): Promise<void>;
  /** The standard input, piece by piece; absent: there is none. */
  input?(): AsyncIterable<Uint8Array>;
  /** Absent: the standard input is no terminal. */
  prompter?(complete: Completer): Prompter;
  readonly version: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The line of the terminal that `err` is; absent where it is none. */
  readonly line?: TerminalLine;
  /** Of the terminal that `out` is; absent where it is none. */
  readonly columns?: number | undefined;
  /** `out` is a terminal whose user has nothing against colours. */
  readonly colour?: boolean;
}

/** All of the standard input, or none. */
export async function* inputOf({ input }: Io): AsyncGenerator<Uint8Array> {
  if (input !== undefined) yield* input();
}
