import { afterEach } from "vitest";
import { Elanus, type Envelope } from "../../src/index.js";

type OpenOptions = NonNullable<Parameters<typeof Elanus.open>[1]>;

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

/** A database that is closed after the test. */
export async function open(path = ":memory:", options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", serverVersion: "2.6", ...options });
  opened.push(db);
  return db;
}

export type Ask = (path: string, body?: object, headers?: Record<string, string>) => Promise<Envelope>;

/** Calls of REST v2, in process. */
export const asking =
  (db: Elanus): Ask =>
  (path, body = {}, headers = {}) =>
    db.request(`/v2/vectordb/${path}`, body, { headers });

export const OK = { code: 0, data: {} };
export const r = { roleName: "r" };
export const u = { userName: "u" };
