import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { freePort } from "../support/free-port.js";
import { type MarkdownPage, markdownPages, root } from "./markdown.js";
import { checked, planOf, type Step } from "./steps.js";

/**
 * The programs and commands of README and docs, as their reader would run them: one after the other, in an empty folder
 * for each page, with the built package. Where a page speaks to port 19530 and starts no server, there is one.
 */

/**
 * Samples of docs/milvus-3 are run by samples.test.ts, those with frameworks by scripts/frameworks.mjs; those with Electron are parts of an
 * example (electron-page.test.ts).
 */
const tried = markdownPages().filter(({ name }) => !/^docs\/(?:milvus-3\/|(?:frameworks|electron)\.md)/.test(name));

describe.each(tried)("$name", (page) => {
  const { steps, skipped, left } = planOf(page);

  it("has no block that nobody runs", () => {
    expect(left.map(({ line, language }) => `${page.name}:${line}: ${language}`)).toEqual([]);
    for (const { line, reason } of skipped) expect(reason.length, `${page.name}:${line}`).toBeGreaterThan(10);
  });

  if (steps.length === 0) return;
  it("does what it says", async () => {
    const reader = await Reader.of(page, steps);
    try {
      for (const step of steps) await reader.does(step);
    } finally {
      reader.leaves();
    }
  });
});

/** What commands leave in the background goes with their shell, which a reader has open all the time. */
const ENDS_WHAT_IT_BEGAN = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Somebody who tries a page. */
class Reader {
  readonly #page: string;
  readonly #folder: string;
  readonly #port: number;
  #server: ChildProcess | undefined;

  private constructor(page: string, port: number) {
    this.#page = page;
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), "elanus-page-"));
    folders.push(this.#folder);
    const modules = join(this.#folder, "node_modules");
    mkdirSync(join(modules, "@zilliz"), { recursive: true });
    symlinkSync(root, join(modules, "elanus"), "junction");
    symlinkSync(
      join(root, "node_modules/@zilliz/milvus2-sdk-node"),
      join(modules, "@zilliz/milvus2-sdk-node"),
      "junction",
    );
    mkdirSync(join(this.#folder, "bin"));
    for (const [name, start] of Object.entries({
      elanus: "",
      npx: 'while [ "$1" != elanus ]; do shift; done; shift; ',
    })) {
      const command = `#!/bin/sh\n${start}exec "${process.execPath}" "${join(root, "dist/cli.js")}" "$@"\n`;
      writeFileSync(join(this.#folder, "bin", name), command);
      chmodSync(join(this.#folder, "bin", name), 0o755);
    }
  }

  static async of({ name }: MarkdownPage, steps: readonly Step[]): Promise<Reader> {
    const reader = new Reader(name, await freePort());
    const speaks = steps.some(({ code }) => code.includes("19530"));
    if (speaks && !steps.some(({ kind }) => kind === "background"))
      await reader.#serve("elanus serve --path :memory: --port 19530");
    return reader;
  }

  async does(step: Step): Promise<void> {
    const place = `${this.#page}:${step.line}`;
    if (step.kind === "background") return this.#serve(step.code);
    if (step.kind !== "program") {
      const script = `${ENDS_WHAT_IT_BEGAN}\n${this.#here(step.code)}`;
      const printed = await this.#run("bash", ["-euo", "pipefail", "-c", script], place);
      if (step.answer?.language === "json") expect(JSON.parse(printed), place).toEqual(JSON.parse(step.answer.text));
      else if (step.answer !== undefined) expect(printed, place).toBe(step.answer.text);
      return;
    }
    const file = `page-${step.line}.mts`;
    writeFileSync(join(this.#folder, file), checked(this.#here(step.code)));
    const printed = await this.#run(process.execPath, ["--disable-warning=ExperimentalWarning", file], place);
    if (step.printed !== "") expect(printed, place).toBe(step.printed);
  }

  leaves(): void {
    this.#server?.kill();
  }

  /** Its port is free only then: another server would not start, or this one answer in its place. */
  async #ended(): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, "exit");
    server.kill();
    await exit;
  }

  async #serve(command: string): Promise<void> {
    await this.#ended();
    const server = spawn("bash", ["-c", `exec ${this.#here(command).trim()}`], { ...this.#where(), stdio: "ignore" });
    this.#server = server;
    while (!(await answers(this.#port))) {
      if (server.exitCode !== null) throw new Error(`${this.#page}: ${command} did not start`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #run(command: string, args: readonly string[], place: string): Promise<string> {
    try {
      const { stdout } = await promisify(execFile)(command, [...args], this.#where());
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`${place}:\n${stdout}${stderr}`, { cause: error });
    }
  }

  /** The server of a page has another port than the one it names, and other names are this machine. */
  #here(code: string): string {
    return code
      .replaceAll("19530", String(this.#port))
      .replace(/\b(?:localhost|host|milvus|milvus\.test)(?=:\d{4,5})/g, "127.0.0.1");
  }

  #where(): { cwd: string; env: NodeJS.ProcessEnv } {
    const env = { ...process.env, NO_COLOR: "1", PATH: `${join(this.#folder, "bin")}:${process.env["PATH"]}` };
    for (const name of Object.keys(env)) if (name.startsWith("VITEST")) Reflect.deleteProperty(env, name);
    return { cwd: this.#folder, env };
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
