import { contextBridge, ipcRenderer } from "electron";

/** What pages see as `window.milvus`. */
export interface Milvus {
  request(
    path: string,
    body: unknown,
  ): Promise<{ readonly code: number; readonly message?: string; readonly data?: unknown }>;
}

const milvus: Milvus = { request: (path, body) => ipcRenderer.invoke("milvus", path, body) };
contextBridge.exposeInMainWorld("milvus", milvus);
