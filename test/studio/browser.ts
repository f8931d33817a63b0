import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = [process.env["CHROMIUM"], "chromium", "chromium-browser", "google-chrome"];

/** The command of a Chromium that is installed. */
export function findChromium(): string | undefined {
  return NAMES.find((name) => name !== undefined && spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
}

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** Where the page is driven that it opens by itself: it may take a moment longer than its port. */
async function firstPage(list: string): Promise<string> {
  for (;;) {
    const pages = (await (await fetch(list)).json()) as {
      readonly type: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    const page = pages.find(({ type }) => type === "page");
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** One page of a Chromium without a window, driven by its DevTools protocol. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #folder: string;
  readonly #waiting = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>();
  #next = 1;
  /** Everything that the page has asked the network for. */
  readonly requests: string[] = [];
  /** What went wrong in the page, and what its policy has refused. */
  readonly complaints: string[] = [];

  private constructor(child: ChildProcess, socket: WebSocket, folder: string) {
    this.#child = child;
    this.#socket = socket;
    this.#folder = folder;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async open(command: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "elanus-chromium-"));
    const child = spawn(
      command,
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--window-size=1200,800",
        "--remote-debugging-port=0",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      // What is started by it ends with it.
      { stdio: ["ignore", "ignore", "pipe"], detached: true },
    );
    const url = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const [, found] = /DevTools listening on (ws:\S+)/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.once("exit", () => reject(new Error(`Chromium ended: ${text}`)));
    });
    const socket = new WebSocket(await firstPage(`http://${new URL(url).host}/json`));
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const browser = new Browser(child, socket, folder);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await browser.send(`${domain}.enable`);
    return browser;
  }

  #receive({ id, method, params = {}, result = {}, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
      return;
    }
    if (method === "Network.requestWillBeSent") this.requests.push((params["request"] as { url: string }).url);
    if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params["exceptionDetails"]));
    // Answers with a status of their own are part of the tests.
    const entry = params["entry"] as { source: string; text: string } | undefined;
    if (method === "Log.entryAdded" && entry?.source !== "network") this.complaints.push(String(entry?.text));
  }

  send(method: string, params: Params = {}): Promise<Params> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Opens an address; where only what stands behind `#` is another, the page stays. */
  async go(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value: T }; exceptionDetails?: unknown };
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  }

  /** Waits until the text of the page matches. @returns it */
  async until(pattern: RegExp, timeoutMs = 60_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.value<string>("document.body?.innerText ?? ''");
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`${pattern} did not come: ${text}\n${this.complaints.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Clicks on what matches a selector and has this text, as soon as it is there. */
  async click(selector: string, text = ""): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((e) => e.textContent.includes(${JSON.stringify(text)}))`;
    await this.#with(found, "e.click()", `${selector} with "${text}"`);
  }

  /** Puts a text in the place of that of a field, as if it had been typed. */
  async type(selector: string, text: string): Promise<void> {
    await this.#first(selector, "e.focus(), e.select()");
    if (text === "") await this.key("Delete");
    else await this.send("Input.insertText", { text });
  }

  /** Chooses in a list. */
  async choose(selector: string, value: string): Promise<void> {
    const change = `e.value = ${JSON.stringify(value)}, e.dispatchEvent(new Event("change", { bubbles: true }))`;
    await this.#first(selector, change);
  }

  #first(selector: string, action: string): Promise<void> {
    return this.#with(`document.querySelector(${JSON.stringify(selector)}) ?? undefined`, action, selector);
  }

  /** Does something with an element `e`, once, as soon as the page has it. */
  async #with(found: string, action: string, name: string, timeoutMs = 60_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!(await this.value<boolean>(`((e) => e !== undefined && (${action}, true))(${found})`))) {
      if (Date.now() > end) throw new Error(`there is no ${name}: ${await this.value("document.body?.innerText")}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async key(key: string): Promise<void> {
    const codes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, Escape: 27, ArrowRight: 39, Delete: 46 };
    const text = key === "Enter" ? { text: "\r" } : {};
    const params = { key, code: key, windowsVirtualKeyCode: codes[key], ...text };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...params });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...params });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { format: "webp", quality: 60 });
    return Buffer.from(String(data), "base64");
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    process.kill(-(this.#child.pid as number), "SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
