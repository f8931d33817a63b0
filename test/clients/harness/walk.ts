import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openRecorder, type RecordedCall } from "./recorder.js";

const command = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

/** What a step of a walk came to. */
export interface StepResult {
  readonly step: string;
  /** What the program made of the reply. */
  readonly value?: unknown;
  /** How it failed, in the client's own words. */
  readonly error?: { readonly code?: unknown; readonly message: string };
}

/** A whole walk: results and calls by step. */
export interface Walk {
  readonly results: ReadonlyMap<string, StepResult>;
  /** @throws when the program had no such step */
  result(step: string): StepResult;
  /** RPCs of a step; one that is called again and again, as pollers do, stands once. */
  rpcs(step: string): readonly string[];
  calls(step: string): readonly RecordedCall[];
  readonly output: string;
}

export interface WalkOptions {
  /** Options of `elanus serve`. */
  readonly serve?: readonly string[];
  /** What runs the server, with its own options; default: this Node. */
  readonly runtime?: readonly [string, ...string[]];
  readonly timeoutMs?: number;
}

/**
 * Runs a program against `elanus serve`. The program gets ELANUS_ADDRESS (`host:port`) and ELANUS_CONTROL (see the recorder),
 * and prints one JSON object per step on a line of its own.
 */
export async function walk(
  program: string,
  parameters: readonly string[],
  { serve = [], runtime = [process.execPath], timeoutMs = 600_000 }: WalkOptions = {},
): Promise<Walk> {
  if (!existsSync(command)) throw new Error("dist/ is missing: npm run build");
  const [executable, ...options] = runtime;
  const server = spawn(executable, [...options, command, "serve", "--path", ":memory:", "--port", "0", ...serve]);
  try {
    return await walkTo(await readUrl(server), program, parameters, timeoutMs);
  } finally {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  }
}

/** The same against a server that runs already, at a URL. */
export async function walkTo(
  url: string,
  program: string,
  parameters: readonly string[],
  timeoutMs: number,
): Promise<Walk> {
  const recorder = await openRecorder(url);
  try {
    const environment = {
      ELANUS_ADDRESS: recorder.address,
      ELANUS_CONTROL: recorder.control,
    };
    return readWalk(await run(program, parameters, environment, timeoutMs), recorder.steps);
  } finally {
    await recorder.close();
  }
}

async function readUrl(server: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of server.stdout ?? []) {
    text += chunk;
    const url = /listening on (\S+)/.exec(text)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`elanus serve ended: ${text}`);
}

async function run(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<string> {
  const child = spawn(program, parameters, { env: { ...process.env, ...environment }, timeout: timeoutMs });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  // When it has ended some of what it said may still be on its way.
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0)
    throw new Error(`${program} ${parameters.join(" ")} ended with ${code ?? signal}:\n${output}\n${errors}`);
  return output;
}

function readWalk(output: string, steps: ReadonlyMap<string, readonly RecordedCall[]>): Walk {
  const results = new Map<string, StepResult>();
  for (const line of output.split("\n")) {
    if (!line.startsWith('{"step":')) continue;
    const result = JSON.parse(line) as StepResult;
    results.set(result.step, result);
  }
  const calls = (step: string) => {
    const found = steps.get(step);
    if (found === undefined) throw new Error(`the walk had no step ${step}:\n${output}`);
    return found;
  };
  return {
    output,
    results,
    calls,
    result(step) {
      const found = results.get(step);
      if (found === undefined) throw new Error(`the walk had no step ${step}:\n${output}`);
      return found;
    },
    rpcs(step) {
      const names: string[] = [];
      for (const { rpc } of calls(step)) {
        // Sent now and then by clients of the 3.0 line, whatever the program does.
        if (rpc === "ClientHeartbeat") continue;
        if (names.at(-1) !== rpc) names.push(rpc);
      }
      return names;
    },
  };
}
