// Of Electron, what the example uses, on Node: for a machine that has Electron's types but not its program. Windows are scripts that
// run the example's own renderer and preload bundles in a context of their own; the utility process is a process.
const { fork } = require("node:child_process");
const { EventEmitter } = require("node:events");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { fileURLToPath } = require("node:url");
const vm = require("node:vm");

const switches = new Set(process.argv.filter((each) => each.startsWith("--")).map((each) => each.slice(2)));
const handlers = new Map();
let schemeHandler;

const app = Object.assign(new EventEmitter(), {
  whenReady: async () => {},
  getPath: () => process.env.USER_DATA,
  requestSingleInstanceLock: () => true,
  commandLine: { hasSwitch: (name) => switches.has(name) },
  quit() {
    let prevented = false;
    app.emit("will-quit", { preventDefault: () => (prevented = true) });
    if (!prevented) process.exit(0);
  },
  exit: (code) => process.exit(code),
});

/** Values cross to a window and back as copies. */
const copy = (value) => structuredClone(value);

class BrowserWindow {
  static getAllWindows = () => [];
  #context;
  #loading = true;

  constructor({ webPreferences }) {
    const contents = new EventEmitter();
    this.webContents = Object.assign(contents, {
      setWindowOpenHandler() {},
      isLoading: () => this.#loading,
      executeJavaScript: async (code) => copy(await vm.runInContext(code, this.#context)),
    });
    this.#context = this.#contextWith(readFileSync(webPreferences.preload, "utf8"));
  }

  #contextWith(preload) {
    const element = { addEventListener() {}, reset() {}, replaceChildren() {} };
    const document = { querySelector: () => element, createElement: () => ({}) };
    const window = { document, setTimeout, console, fetch: (path, init) => this.#fetch(path, init) };
    const event = () => ({ senderFrame: { parent: null, url: "milvus://app/index.html" } });
    const electron = {
      contextBridge: { exposeInMainWorld: (name, value) => (window[name] = value) },
      ipcRenderer: { invoke: async (name, ...given) => copy(await handlers.get(name)(event(), ...copy(given))) },
    };
    new Function("require", "exports", "module", preload)(() => electron, {}, { exports: {} });
    const context = vm.createContext(window);
    context.window = context;
    return context;
  }

  #fetch(path, init = {}) {
    const headers = { "content-type": "text/plain;charset=UTF-8", ...init.headers };
    if (init.method === "POST") headers.origin = "milvus://app";
    return schemeHandler(new Request(new URL(path, "milvus://app/index.html"), { ...init, headers }));
  }

  async loadURL(url) {
    const html = await (await schemeHandler(new Request(url))).text();
    const [, script] = /<script[^>]* src="?([^">\s]*)/.exec(html);
    const source = new vm.SourceTextModule(await (await this.#fetch(script)).text(), { context: this.#context });
    await source.link(() => {});
    await source.evaluate();
    this.#loading = false;
    this.webContents.emit("did-finish-load");
  }
}

module.exports = {
  app,
  BrowserWindow,
  dialog: { showErrorBox: (...lines) => console.error(...lines) },
  ipcMain: { handle: (name, handler) => handlers.set(name, handler) },
  net: { fetch: async (url) => new Response(readFileSync(fileURLToPath(url))) },
  protocol: {
    registerSchemesAsPrivileged() {},
    handle(_scheme, handler) {
      schemeHandler = async (request) => handler(request);
    },
  },
  utilityProcess: {
    fork(path) {
      const child = fork(join(__dirname, "start.cjs"), ["--utility-process", path], { serialization: "advanced" });
      return Object.assign(child, { postMessage: (message) => child.send(message) });
    },
  },
};
