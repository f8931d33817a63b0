import { join } from "node:path";
import { app, BrowserWindow, dialog } from "electron";
import { ORIGIN, registerScheme, serve } from "./serve.js";
import { smoke } from "./smoke.js";
import { openInUtility } from "./store/in-utility.js";
import { openInWorker } from "./store/store.js";

const PAGES = join(__dirname, "../renderer");

function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 640,
    height: 480,
    show: !app.commandLine.hasSwitch("smoke"),
    webPreferences: { preload: join(__dirname, "../preload/preload.js"), sandbox: true, contextIsolation: true },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  void window.loadURL(`${ORIGIN}/index.html`);
  return window;
}

async function main(): Promise<void> {
  await app.whenReady();
  const open = app.commandLine.hasSwitch("utility") ? openInUtility : openInWorker;
  const store = await open(join(app.getPath("userData"), "notes.db"));
  serve(store, PAGES);

  // The file has one writer: a second start of the application opens a window of the first.
  app.on("second-instance", openWindow);
  app.on("activate", () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on("window-all-closed", () => {
    if (process.platform !== "darwin") app.quit();
  });
  let closed = false;
  app.on("will-quit", (event) => {
    if (closed) return;
    event.preventDefault();
    void store.close().finally(() => {
      closed = true;
      app.quit();
    });
  });

  if (app.commandLine.hasSwitch("smoke")) await smoke(openWindow);
  else openWindow();
}

registerScheme();
if (app.requestSingleInstanceLock()) {
  main().catch((error: Error & { hint?: string }) => {
    const text = [error.message, error.hint].filter(Boolean).join("\n");
    if (app.commandLine.hasSwitch("smoke")) console.error(text);
    else dialog.showErrorBox("The notes cannot be opened", text);
    app.exit(1);
  });
} else {
  app.quit();
}
