import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach } from "vitest";
import { Elanus, type ElanusServer, type OpenOptions, type RemoteOpenOptions } from "../../src/index.js";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Is called after the test, the last one first. */
export function atEnd(end: () => Promise<unknown>): void {
  ends.push(end);
}

export interface Served {
  readonly store: Elanus;
  readonly server: ElanusServer;
  /** A handle on the server. */
  readonly db: Elanus;
}

/** A store in memory, its server, and a handle on that. */
export async function served(options: OpenOptions = {}, remote: RemoteOpenOptions = {}): Promise<Served> {
  const store = await Elanus.open(":memory:", options);
  atEnd(() => store.close());
  const server = await store.listen({ port: 0 });
  const db = await opened(server.url, remote);
  return { store, server, db };
}

/** A handle that is closed after the test. */
export async function opened(url: string, options: RemoteOpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(url, options);
  atEnd(() => db.close());
  return db;
}

/** A server that answers as it is told. @returns its address */
export async function fakeServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}

/** What a call is refused with. */
export async function refused(
  call: Promise<unknown>,
): Promise<Error & { readonly kind?: string; readonly code?: number }> {
  return call.then(
    (value) => new Error(`it was not refused: ${JSON.stringify(value)}`),
    (error) => error,
  );
}
