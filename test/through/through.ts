import { relative } from "node:path";
import { afterAll, beforeEach } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { NOT_THROUGH_HTTP } from "./not-through-http.js";
import { closeServed } from "./served-engine.js";

/**
 * ELANUS_THROUGH=http: every database that a test opens is served, and the test is given a handle on that server in its place, so that
 * client and surfaces prove each other. What such a handle cannot do is in `not-through-http.ts`.
 */

type Open = (path: string | URL, options?: OpenOptions) => Promise<Elanus>;
/** Files share a process, and this runs before each of them. */
const known = globalThis as { elanusOpen?: Open };
known.elanusOpen ??= Elanus.open;
const open = known.elanusOpen;

Object.assign(Elanus, {
  async open(path: string | URL, options?: OpenOptions): Promise<Elanus> {
    if (/^https?:/.test(String(path))) return open(path, options);
    const store = await open(path, options);
    const server = await store.listen({ port: 0 });
    const remote = await open(server.url, tokenOf(options));
    const { close } = remote;
    const closeAll = async (): Promise<void> => {
      await close();
      await server.close();
      await store.close();
    };
    // The test looks into the store, which no server lets it do.
    const { check, stats, onProgress } = store;
    return Object.assign(remote, { check, stats, onProgress, close: closeAll, [Symbol.asyncDispose]: closeAll });
  },
});

beforeEach(({ task, skip }) => {
  const file = relative(process.cwd(), task.file.filepath);
  const names: string[] = [];
  for (let at: typeof task | typeof task.suite = task; at !== undefined; at = at.suite) names.unshift(at.name);
  const name = names.join(" > ");
  const found = NOT_THROUGH_HTTP.find((entry) => entry.file === file && entry.tests.test(name));
  if (found !== undefined) skip(found.reason);
});

afterAll(closeServed);

/** Who opens a database may do everything in it. */
function tokenOf({ auth }: OpenOptions = {}): object {
  if (auth === undefined) return {};
  const [user, given] = Object.entries(auth.users ?? {})[0] ?? [];
  if (user === undefined) return { token: auth.apiKeys?.[0] ?? "" };
  return { token: `${user}:${typeof given === "string" ? given : given?.password}` };
}
