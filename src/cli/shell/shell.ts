import { isSet } from "../arguments.js";
import { type Io, inputOf, type Prompter } from "../io.js";
import { type PlaceCommand, runOnPlace } from "../place-command.js";
import { withProgressBar } from "../progress-bar.js";
import { completeLine } from "./complete-line.js";
import { SHELL_HELP, ShellSession } from "./session.js";

export const SHELL: PlaceCommand = {
  usage: "Usage: elanus shell <file> [--write]",
  help: `Asks a database line by line. Without --write nothing is written, and others may write to the file meanwhile.
--url <address> --token <token> is for a server in place of a file.

${SHELL_HELP}`,
  flags: ["write"],
  async run(db, options, io, line) {
    const session = new ShellSession(db, io, isSet(options, "write"));
    await session.refresh();
    const answer: Answer = (text, signal) => withProgressBar(db, line, () => session.run(text, signal));
    if (io.prompter === undefined) return answerInput(session, answer, io);
    return talk(
      session,
      answer,
      io.prompter((text) => completeLine(text, session)),
      io,
    );
  },
};

/** `elanus shell app.db` */
export function shell(argv: readonly string[], io: Io): Promise<number> {
  return runOnPlace(SHELL, argv, io);
}

type Answer = (line: string, signal?: AbortSignal) => Promise<void>;

async function talk(session: ShellSession, answer: Answer, prompter: Prompter, io: Io): Promise<void> {
  io.out("A line is a filter; .help tells the rest.\n");
  let running = new AbortController();
  prompter.onInterrupt(() => running.abort());
  try {
    while (!session.ended) {
      const line = await prompter.ask(session.prompt);
      if (line === undefined) return io.out("\n");
      running = new AbortController();
      await answer(line, running.signal);
    }
  } finally {
    prompter.close();
  }
}

/** Lines that a program or a file sends. */
async function answerInput(session: ShellSession, answer: Answer, io: Io): Promise<void> {
  const pieces: Uint8Array[] = [];
  for await (const piece of inputOf(io)) pieces.push(piece);
  const lines = Buffer.concat(pieces).toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    if (session.ended) return;
    await answer(line);
  }
}
