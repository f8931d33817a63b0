import { join, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { type IpcMainInvokeEvent, ipcMain, net, protocol } from "electron";
import type { Store } from "./store/store.js";

export const ORIGIN = "milvus://app";
const REST = /^\/v2\/vectordb\//;

/** Before the application is ready: the scheme is a secure origin of its own, with `fetch`. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([{ scheme: "milvus", privileges }]);
}

/**
 * Pages and database behind one origin: `milvus://app/index.html` is a file, `milvus://app/v2/vectordb/...` the database; so a page
 * says `fetch("/v2/vectordb/entities/search", ...)`. `window.milvus.request` is the same over IPC, with values instead of JSON.
 */
export function serve(store: Store, pages: string): void {
  protocol.handle("milvus", (request) => {
    const { pathname, host } = new URL(request.url);
    if (host !== "app") return new Response(null, { status: 404 });
    if (REST.test(pathname)) return store.fetch(request);
    const file = normalize(join(pages, decodeURIComponent(pathname)));
    if (!file.startsWith(pages + sep)) return new Response(null, { status: 404 });
    return net.fetch(pathToFileURL(file).href);
  });
  ipcMain.handle("milvus", (event, path: unknown, body: unknown) => {
    if (!isOwnPage(event) || typeof path !== "string" || !REST.test(path)) {
      return { code: 65535, message: "this is for the pages of the application" };
    }
    return store.request(path, body);
  });
}

/** A page that was opened by a link, or a frame in one, gets nothing. */
function isOwnPage({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith(`${ORIGIN}/`);
}
