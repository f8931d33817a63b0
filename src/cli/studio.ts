import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Elanus } from "../index.js";
import { type Arguments, type Arity, isSet, optionValue, readArguments, UsageError } from "./arguments.js";
import type { Io } from "./io.js";
import { keyOf } from "./key.js";
import { openBrowser } from "./open-browser.js";
import { openFile } from "./open-file.js";
import { openPlace, PLACE_VALUES, type Place, placeOf } from "./place.js";
import { readPort } from "./read-number.js";

const USAGE = "Usage: elanus studio <file>|<address> [--write] [--open] [--port <port>] [--token <token>]";
const HELP = `${USAGE}

Shows a page with the collections of a database file, or of a running server, to which only this machine can come, and prints its
address. The address lets in once; when it has been used, the next one is printed.

  --write          offer to load, release, flush, delete and drop; without it nothing is changed: a file is only read, also while others
                   write to it, and nothing that writes is passed on to a server
  --open           open the page in the browser
  --port <port>    default: any free one
  --url <address>  of a server: Elanus, or a Milvus with REST v2; --token <token> for its users (user:password, or a key)
`;
const VALUES: readonly string[] = [...PLACE_VALUES, "port"];
const FLAGS: readonly string[] = ["write", "open", "help"];
export const STUDIO_OPTIONS: readonly string[] = [...VALUES, ...FLAGS];

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
    const place = placeOf(words, options);
    const port = readPort("port", optionValue(options, "port") ?? "0");
    return await show(place, { port, writes: isSet(options, "write"), opens: isSet(options, "open") }, options, io);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, USAGE) : error;
  }
}

interface Shown {
  readonly port: number;
  readonly writes: boolean;
  readonly opens: boolean;
}

async function show(
  place: Place,
  { port, writes, opens }: Shown,
  options: Arguments["options"],
  io: Io,
): Promise<number> {
  const stop = io.untilStopped();
  const db = await openShown(place, writes, keyOf(options, io));
  try {
    // A server that cannot be reached, or knows nobody of this token, is told of at once.
    if ("url" in place) await db.collections.list();
    const door = new OneTimeDoor(() => io.out(`the address has been used; the next one is ${address()}\n`));
    const server = await db.listen({ port, page: { writes, exchange: (secret) => door.exchange(secret) } });
    const address = () => `${server.url}/#secret=${door.secret}`;
    io.out(`elanus studio shows ${"path" in place ? place.path : withoutCredentials(place.url)} on ${address()}\n`);
    if (opens) openBrowser(address(), (text) => io.err(text));
    await stop;
  } finally {
    await db.close();
  }
  return 0;
}

/** A file that is only looked at is read beside whoever writes to it; to write to one, it goes by way of who shares it. */
function openShown(place: Place, writes: boolean, key: { readonly key?: string }): Promise<Elanus> {
  if (!("path" in place) || writes) return openPlace(place, { reads: false, options: key });
  return openFile(place.path, { reads: true, alone: true, asItIs: true, options: key });
}

function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/i, "$1");
}

/** Lets in who comes with the secret of the day, which is another one from then on. */
class OneTimeDoor {
  secret: string = freshSecret();
  readonly #used: () => void;

  constructor(used: () => void) {
    this.#used = used;
  }

  exchange(given: string): true | undefined {
    const [a, b] = [Buffer.from(given), Buffer.from(this.secret)];
    if (a.length !== b.length || !timingSafeEqual(a, b)) return undefined;
    this.secret = freshSecret();
    this.#used();
    return true;
  }
}

function freshSecret(): string {
  return randomBytes(18).toString("base64url");
}
