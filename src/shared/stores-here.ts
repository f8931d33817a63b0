import { databasePath, type Engine, type EngineOptions, fileIdentity, wrongKey } from "../engine/index.js";
import { failure } from "../errors.js";
import { PACKAGE_VERSION } from "../runtime/version.js";
import { proofOfKey } from "./greeting.js";
import type { SharedOpening } from "./shared-engine.js";
import { requireSameOptions, withWholePaths } from "./shared-options.js";

/** A file that this thread shares, and how many times it has it open. */
interface Store {
  readonly opening: Promise<SharedOpening>;
  users: number;
  /** Device and number of the file; undefined until it is there. */
  identity: string | undefined;
}

/** Of all copies of this version in the thread: who loads a module anew finds what the one before it has open. */
const STORES = Symbol.for(`elanus.shared ${PACKAGE_VERSION}`);

function stores(): Map<string, Store> {
  const home = globalThis as { [STORES]?: Map<string, Store> };
  home[STORES] ??= new Map();
  return home[STORES];
}

/**
 * Opens a file that is shared, or gives out once more what this thread has open of it, under whatever name. It is closed when all who
 * have opened it have closed it.
 *
 * @throws InvalidParameter for options that contradict those it is open with, and what `open` throws
 */
export async function openHere(
  given: string,
  options: EngineOptions,
  open: (path: string) => Promise<SharedOpening>,
): Promise<SharedOpening> {
  const path = databasePath(given);
  const [key, store] = found(path) ?? [path, begun(path, open)];
  store.users++;
  try {
    const opened = await store.opening;
    store.identity ??= fileIdentity(path);
    if (proofOfKey(options.key, "here") !== proofOfKey(opened.options.key, "here")) throw wrongKey();
    requireSameOptions(withWholePaths(options), opened.options);
    return { ...opened, engine: handleOn(opened.engine, () => leave(key, store)) };
  } catch (error) {
    await leave(key, store).catch(() => {});
    throw error;
  }
}

function found(path: string): readonly [string, Store] | undefined {
  const byName = stores().get(path);
  if (byName !== undefined) return [path, byName];
  const identity = fileIdentity(path);
  return identity === undefined ? undefined : [...stores()].find(([, store]) => store.identity === identity);
}

function begun(path: string, open: (path: string) => Promise<SharedOpening>): Store {
  const store: Store = { opening: open(path), users: 0, identity: fileIdentity(path) };
  stores().set(path, store);
  return store;
}

async function leave(key: string, store: Store): Promise<void> {
  store.users--;
  if (store.users > 0) return;
  if (stores().get(key) === store) stores().delete(key);
  const { engine } = await store.opening;
  await engine.close();
}

/** The engine as one of its users has it. */
function handleOn(engine: Engine, leaving: () => Promise<void>): Engine {
  let closing: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (closing !== undefined) throw failure("NotReady", { reason: "the database is closed" });
    engine.requireOpen();
  };
  return {
    execute: (path, request, options) => engine.execute(path, request, options),
    permit: (path, names, options) => engine.permit(path, names, options),
    authenticate: (credential) => engine.authenticate(credential),
    preload: (wanted) => engine.preload(wanted),
    transfer: (kind, request, watch) => engine.transfer(kind, request, watch),
    check: () => engine.check(),
    stats: () => engine.stats(),
    onProgress: (listener) => engine.onProgress(listener),
    requireOpen,
    close() {
      closing ??= leaving();
      return closing;
    },
  };
}
