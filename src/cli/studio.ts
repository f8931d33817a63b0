import { randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { failure } from "../errors.js";
import { Elanus } from "../index.js";
import { type Arity, isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { KEY_FILE, keyOf } from "./key.js";
import { openBrowser } from "./open-browser.js";
import { readPort } from "./read-number.js";

const USAGE = "Usage: elanus studio <file> [--write] [--open] [--port <port>]";
const HELP = `${USAGE}

Shows a page with the collections of a database file, to which only this machine can come, and prints its address. The address
lets in once; when it has been used, the next one is printed.

  --write        offer to load, release, flush, delete and drop; without it the file is only read, also while others write to it
  --open         open the page in the browser
  --port <port>  default: any free one
`;
const VALUES: readonly string[] = ["path", "port", KEY_FILE];
const FLAGS: readonly string[] = ["write", "open", "help"];

/** `elanus studio app.db` */
export async function studio(argv: readonly string[], io: Io): Promise<number> {
  const arity = (name: string): Arity | undefined =>
    VALUES.includes(name) ? "value" : FLAGS.includes(name) ? "flag" : undefined;
  try {
    const { words, options } = readArguments(argv.slice(1), arity, [...VALUES, ...FLAGS]);
    if (options.has("help")) {
      io.out(HELP);
      return 0;
    }
    const path = words[0] ?? optionValue(options, "path");
    if (path === undefined) throw new UsageError("which database file?");
    if (words.length > 1) throw new UsageError(`unexpected argument ${words[1]}`);
    const port = readPort("port", optionValue(options, "port") ?? "0");
    const writes = isSet(options, "write");
    return await show(path, { port, writes, ...keyOf(options, io), opens: isSet(options, "open") }, io);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, USAGE) : error;
  }
}

interface Shown {
  readonly port: number;
  readonly writes: boolean;
  /** What the file is encrypted with. */
  readonly key?: string;
  readonly opens: boolean;
}

async function show(path: string, { port, writes, opens, key: fileKey }: Shown, io: Io): Promise<number> {
  if (!existsSync(path)) throw failure("Unavailable", { reason: `there is no file ${path}` });
  const stop = io.untilStopped();
  const key = randomBytes(32).toString("base64url");
  const db = await Elanus.open(path, {
    readonly: !writes,
    auth: { apiKeys: [key] },
    ...(fileKey !== undefined && { key: fileKey }),
  });
  try {
    const door = new OneTimeDoor(key, () => io.out(`the address has been used; the next one is ${address()}\n`));
    const server = await db.listen({ port, page: { writes, exchange: (secret) => door.exchange(secret) } });
    const address = () => `${server.url}/#secret=${door.secret}`;
    io.out(`elanus studio shows ${path} on ${address()}\n`);
    if (opens) openBrowser(address(), (text) => io.err(text));
    await stop;
  } finally {
    await db.close();
  }
  return 0;
}

/** Gives the key to who comes with the secret of the day, which is another one from then on. */
class OneTimeDoor {
  secret: string = freshSecret();
  readonly #key: string;
  readonly #used: () => void;

  constructor(key: string, used: () => void) {
    this.#key = key;
    this.#used = used;
  }

  exchange(given: string): string | undefined {
    const [a, b] = [Buffer.from(given), Buffer.from(this.secret)];
    if (a.length !== b.length || !timingSafeEqual(a, b)) return undefined;
    this.secret = freshSecret();
    this.#used();
    return this.#key;
  }
}

function freshSecret(): string {
  return randomBytes(18).toString("base64url");
}
