import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Elanus } from "../../src/index.js";
import { Model, REFUSED, type Step } from "./model.js";
import { Random } from "./random.js";
import { makeScript } from "./script.js";
import { compareSearches, expectedPicture, pictureOf, type Recall, restoreLoadState } from "./verify.js";

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const ENTRY = new URL("../../dist/esm/index.js", import.meta.url).href;
/** Small, so that graphs are built and snapshots are written within a script. */
const OPTIONS = { exactBelow: 40, buildWorkers: 1 } as const;

/** When a child is killed: at a failpoint, or so many microseconds after the n-th line that it writes. */
export type Moment =
  | { readonly kind: "failpoint"; readonly point: string; readonly pass: number }
  | { readonly kind: "line"; readonly line: number; readonly microseconds: number };

export interface Outcome {
  readonly killed: boolean;
  /** The child's last words. */
  readonly lastLine: string;
  readonly acknowledged: number;
  /** Empty when the database holds what it should. */
  readonly problems: readonly string[];
}

/** One database file that lives through many crashes. */
export class Chain {
  readonly path: string;
  readonly #recall: Recall;
  readonly #random: Random;
  #model = new Model();

  constructor(path: string, seed: number, recall: Recall) {
    this.path = path;
    this.#recall = recall;
    this.#random = new Random(seed);
  }

  /** Runs a script until `moment`, then looks whether everything is there that should be. */
  async crash(moment: Moment, length: number, snapshots = false): Promise<Outcome> {
    const random = this.#random;
    const steps = makeScript(random, this.#model, { length, pauses: moment.kind === "line", reopen: true, snapshots });
    const durability = random.pick(["full", "normal", "off"] as const);
    const script = `${this.path}.script.json`;
    writeFileSync(script, JSON.stringify({ path: this.path, options: { ...OPTIONS, durability }, steps }));
    const { lines, signal, errors } = await runChild(script, moment);
    const killed = signal === "SIGKILL";
    const problems: string[] = [];
    if (!killed && lines.at(-1) !== "closed") problems.push(`the child ended by itself (${signal}): ${errors}`);
    const pending = this.#replay(steps, lines, problems);
    const acknowledged = lines.filter((line) => line.startsWith("end ")).length;
    if (problems.length === 0) await this.#verify(pending, problems);
    return { killed, lastLine: lines.at(-1) ?? "", acknowledged, problems };
  }

  /** Carries out in the model what was acknowledged; the call that was under way, if there was one. */
  #replay(steps: readonly Step[], lines: readonly string[], problems: string[]): Step | undefined {
    let pending: Step | undefined;
    for (const line of lines) {
      const [word, number, code] = line.split(" ");
      if (word !== "begin" && word !== "end") continue;
      const step = steps[Number(number)] as Step;
      pending = word === "begin" ? step : undefined;
      if (word === "begin") continue;
      const expected = this.#model.apply(step);
      const agrees = expected === REFUSED ? code !== "0" : Number(code) === expected;
      if (!agrees) problems.push(`${JSON.stringify(step)} answered ${line}, expected ${expected}`);
    }
    return pending;
  }

  async #verify(pending: Step | undefined, problems: string[]): Promise<void> {
    if (!existsSync(this.path) && this.#model.collections.size === 0) return;
    const candidates = [this.#model];
    if (pending !== undefined) {
      const after = this.#model.clone();
      after.apply(pending);
      candidates.push(after);
    }
    const db = await Elanus.open(this.path, OPTIONS);
    try {
      const check = await db.check();
      problems.push(...check.problems.map((problem) => `check: ${problem}`));
      // The load state tells the candidates of a load or release apart; everything else does the picture.
      const loaded = await loadedNow(db);
      const fitting = candidates.filter((model) => loadedOf(model) === loaded);
      const searched = fitting.at(-1) ?? this.#model;
      // Searched with the one candidate or the other: it counts only when it proves to be the right one.
      const recall: Recall = { found: 0, wanted: 0 };
      const searches = await compareSearches(db, searched, this.#random, recall);
      const picture = await pictureOf(db);
      const found = candidates.find((model) => expectedPicture(model) === picture);
      if (found === undefined) {
        problems.push(`after ${JSON.stringify(pending)?.slice(0, 300)}: ${difference(picture, this.#model)}`);
        return;
      }
      if (found === searched) {
        problems.push(...searches);
        this.#recall.found += recall.found;
        this.#recall.wanted += recall.wanted;
      }
      this.#model = found;
      await restoreLoadState(db, found);
      problems.push(...(await compareSearches(db, found, this.#random, this.#recall)));
      const after = await db.check();
      problems.push(...after.problems.map((problem) => `check after searching: ${problem}`));
    } finally {
      await db.close();
    }
    problems.push(...strayFiles(this.path));
  }
}

async function loadedNow(db: Elanus): Promise<string> {
  const loaded: string[] = [];
  for (const collectionName of await db.collections.list()) {
    for (const name of await db.partitions.list({ collectionName })) {
      const { loadState } = await db.collections.getLoadState({ collectionName, partitionNames: [name] });
      if (loadState === "LoadStateLoaded") loaded.push(`${collectionName}.${name}`);
    }
  }
  return loaded.sort().join(" ");
}

function loadedOf(model: Model): string {
  const loaded = [...model.collections].flatMap(([collection, { partitions }]) =>
    [...partitions].filter(([, p]) => p.loaded).map(([name]) => `${collection}.${name}`),
  );
  return loaded.sort().join(" ");
}

/** Where two pictures begin to differ. */
function difference(picture: string, model: Model): string {
  const expected = expectedPicture(model);
  let at = 0;
  while (at < picture.length && picture[at] === expected[at]) at++;
  return `found ...${picture.slice(Math.max(0, at - 120), at + 120)} expected ...${expected.slice(Math.max(0, at - 120), at + 120)}`;
}

/** Nothing that a crash left half done may stay: only whole snapshots, known to the database. */
function strayFiles(path: string): string[] {
  const folder = `${path}-segments`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !/^\d+-\d+-\d+-[0-9a-f]+\.elanus-graph$/.test(name))
    .map((name) => `stray file ${name}`);
}

interface ChildRun {
  readonly lines: string[];
  readonly signal: string | null;
  readonly errors: string;
}

function runChild(script: string, moment: Moment): Promise<ChildRun> {
  return new Promise((resolve, reject) => {
    const env: NodeJS.ProcessEnv = { ...process.env };
    delete env["ELANUS_FAILPOINTS"];
    if (moment.kind === "failpoint") env["ELANUS_FAILPOINTS"] = `${moment.point}=kill@${moment.pass}`;
    const child = spawn(process.execPath, [CHILD, ENTRY, script], { env, stdio: ["ignore", "pipe", "pipe"] });
    const out: Buffer[] = [];
    let lines = 0;
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out.push(chunk);
      if (moment.kind !== "line" || lines >= moment.line) return;
      for (const byte of chunk) if (byte === 10) lines++;
      if (lines < moment.line) return;
      const until = process.hrtime.bigint() + BigInt(moment.microseconds) * 1000n;
      if (moment.microseconds > 2000) {
        setTimeout(() => child.kill("SIGKILL"), moment.microseconds / 1000);
        return;
      }
      while (process.hrtime.bigint() < until);
      child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      const text = Buffer.concat(out).toString();
      // The last line may have been cut off.
      resolve({
        lines: text
          .slice(0, text.lastIndexOf("\n") + 1)
          .split("\n")
          .slice(0, -1),
        signal,
        errors,
      });
    });
  });
}
