import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Completer, Prompter } from "../io.js";

const KEPT_LINES = 1000;

/** Where somebody types, and sees what he types. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks at the terminal of this process: arrow keys go through the lines of earlier sessions too, Tab completes. Lines that come before
 * they are asked for, since somebody pastes many or types ahead, are answered one after the other.
 */
export function prompter(complete: Completer, { input, output }: Terminal = TERMINAL): Prompter {
  const file = historyFile();
  const lines = createInterface({
    input,
    output,
    terminal: true,
    history: readHistory(file),
    historySize: KEPT_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => {
      const [candidates, part] = complete(line);
      return [[...candidates], part];
    },
  });
  const ahead: string[] = [];
  let asked: ((line: string | undefined) => void) | undefined;
  let interrupted = (): void => {};
  let ended = false;
  const answer = (line: string | undefined): void => {
    const resolve = asked;
    asked = undefined;
    resolve?.(line);
  };
  lines.on("line", (line) => {
    remember(file, line);
    if (asked === undefined) ahead.push(line);
    else answer(line);
  });
  lines.once("close", () => {
    ended = true;
    answer(undefined);
  });
  // Ctrl-C gives up the line, or what is done, not the session.
  lines.on("SIGINT", () => {
    ahead.length = 0;
    if (asked === undefined) return interrupted();
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
  });
  return {
    ask: (prompt) =>
      new Promise((resolve) => {
        const next = ahead.shift();
        if (next !== undefined || ended) return resolve(next);
        asked = resolve;
        lines.setPrompt(prompt);
        lines.prompt(true);
      }),
    onInterrupt(listener) {
      interrupted = listener;
    },
    close: () => lines.close(),
  };
}

const TERMINAL: Terminal = { input: process.stdin, output: process.stdout };

/** Where the lines of earlier sessions are; `ELANUS_HISTORY` names another file, or none where it is empty. */
function historyFile(): string | undefined {
  const named = process.env["ELANUS_HISTORY"];
  if (named !== undefined) return named === "" ? undefined : named;
  const state = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local/state");
  return join(state, "elanus/history");
}

/** The newest first, as readline has them. */
function readHistory(file: string | undefined): string[] {
  try {
    const lines = file === undefined ? [] : readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.slice(-KEPT_LINES).reverse();
  } catch {
    return [];
  }
}

function remember(file: string | undefined, line: string): void {
  if (file === undefined || line.trim() === "") return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${line}\n`, { mode: 0o600 });
  } catch {
    // A session without a past is one all the same.
  }
}
