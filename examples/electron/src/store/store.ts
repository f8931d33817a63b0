import { Elanus, type Envelope } from "elanus";

/** What windows get of the database, wherever it runs. */
export interface Store {
  /** A REST request: the envelope, never throws. */
  request(path: string, body: unknown): Promise<Envelope>;
  /** The same for `fetch`. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** In a worker thread of the main process: windows, menus and dialogs do not wait for searches. */
export function openInWorker(file: string): Promise<Store> {
  return Elanus.open(file, { worker: true });
}
