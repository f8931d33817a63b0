import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { atEnd, served } from "../support/served.js";

const installed = existsSync(fileURLToPath(new URL("../../tools/frameworks/node_modules/ai", import.meta.url)));

/** Why the frameworks are not tried, for the name of their tests; empty when they are. */
export const whySkipped = installed ? "" : " (skipped: npm run test:frameworks installs the frameworks)";

/** A module of a framework, as it is. */
// biome-ignore lint/suspicious/noExplicitAny: its types are not there when it is not installed
export function framework(name: string): Promise<any> {
  return import(name);
}

/** The databases that an adapter must be the same on. */
export const DATABASES: readonly (readonly [string, (options?: OpenOptions) => Promise<Elanus>])[] = [
  ["in memory", (options) => opened(options)],
  ["in a worker", (options) => opened({ ...options, worker: true })],
  ["on a server", async (options) => (await served(options)).db],
];

async function opened(options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  atEnd(() => db.close());
  return db;
}

/** A bag of letters: as good a model as any, and one that tests can follow. */
export function lettersOf(text: string): number[] {
  const counts = new Array<number>(26).fill(0);
  for (const letter of text.toLowerCase()) {
    const at = letter.charCodeAt(0) - 97;
    if (at >= 0 && at < 26) counts[at]! += 1;
  }
  const length = Math.hypot(...counts) || 1;
  return counts.map((count) => Math.fround(count / length));
}

export const embeddings = {
  embedQuery: async (text: string) => lettersOf(text),
  embedDocuments: async (texts: readonly string[]) => texts.map(lettersOf),
};
