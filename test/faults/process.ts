import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { temporaryPath } from "../support/temporary.js";

// What is built: `npm test` builds before it tests.
const ENTRY = new URL("../../dist/esm/index.js", import.meta.url).href;
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

export interface Program {
  readonly child: ChildProcess;
  /** Resolves when the program has printed this, to all it has printed from there on. */
  said(text: string): Promise<string>;
  readonly ended: Promise<Ended>;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Statements that run before anything else is loaded. */
  readonly before?: string;
}

/** Starts a program in a process of its own; `Elanus` and `path` are at hand in it. It ends by itself or not at all. */
export function startProgram(path: string, body: string, { env, before = "" }: Surroundings = {}): Program {
  // A file, and not an argument: not every runtime takes a module from its command line.
  const file = temporaryPath("program.mjs");
  writeFileSync(
    file,
    `${before}; const { Elanus } = await import(${JSON.stringify(ENTRY)}); const path = ${JSON.stringify(path)};\n${body}`,
  );
  return watched(spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] }));
}

/** Starts the built command. */
export function startCommand(...argv: readonly string[]): Program {
  return watched(spawn(process.execPath, [CLI, ...argv], { stdio: ["pipe", "pipe", "pipe"] }));
}

function watched(child: ChildProcessWithoutNullStreams): Program {
  let out = "";
  let err = "";
  const waiting: { text: string; resolve: (from: string) => void; reject: (error: Error) => void }[] = [];
  const tell = (): void => {
    for (const { text, resolve } of waiting) if (out.includes(text)) resolve(out.slice(out.indexOf(text)));
  };
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    tell();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => {
      for (const { text, reject } of waiting) reject(new Error(`ended without "${text}": ${out}${err}`));
      resolve({ code, signal, out, err });
    });
  });
  return {
    child,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        waiting.push({ text, resolve, reject });
        tell();
      }),
  };
}

/** Runs a program to its end. */
export function runProgram(path: string, body: string, surroundings?: Surroundings): Promise<Ended> {
  const program = startProgram(path, body, surroundings);
  program.child.stdin?.end();
  return program.ended;
}
