import {
  type ApplicationFunctions,
  databasePath,
  type Engine,
  type EngineOptions,
  fileIdentity,
  wrongKey,
} from "../engine/index.js";
import { failure } from "../errors.js";
import { PACKAGE_VERSION } from "../runtime/version.js";
import { proofOfKey } from "./greeting.js";
import type { SharedOpening } from "./shared-engine.js";
import { requireSameOptions, withWholePaths } from "./shared-options.js";

/** A file that this thread shares, and how many times it has it open. */
interface Store {
  readonly path: string;
  readonly opening: Promise<SharedOpening>;
  /** The models that its calls are served by. */
  readonly functions: ApplicationFunctions | undefined;
  users: number;
  /** Device and number of the file; undefined until it is there. */
  identity: string | undefined;
}

/** Of all copies of this version in the thread: who loads a module anew finds what the one before it has open. */
const STORES = Symbol.for(`elanus.shared ${PACKAGE_VERSION}`);

function stores(): Set<Store> {
  const home = globalThis as { [STORES]?: Set<Store> };
  home[STORES] ??= new Set();
  return home[STORES];
}

/**
 * Opens a file that is shared, or gives out once more what this thread has open of it, under whatever name. It is closed when all who
 * have opened it have closed it. Who brings other models than those that serve it has it open beside, as another process would.
 *
 * @throws InvalidParameter for options that contradict those it is open with, and what `open` throws
 */
export async function openHere(
  given: string,
  options: EngineOptions,
  open: (path: string) => Promise<SharedOpening>,
): Promise<SharedOpening> {
  const path = databasePath(given);
  const store = found(path, options.functions) ?? begun(path, options.functions, open);
  store.users++;
  try {
    const opened = await store.opening;
    store.identity ??= fileIdentity(path);
    if (proofOfKey(options.key, "here") !== proofOfKey(opened.options.key, "here")) throw wrongKey();
    requireSameOptions(withWholePaths(options), opened.options);
    return { ...opened, engine: handleOn(opened.engine, () => leave(store)) };
  } catch (error) {
    await leave(store).catch(() => {});
    throw error;
  }
}

function found(path: string, functions: ApplicationFunctions | undefined): Store | undefined {
  const identity = fileIdentity(path);
  return [...stores()].find(
    (store) =>
      (store.path === path || (identity !== undefined && store.identity === identity)) &&
      (functions === undefined || areSame(functions, store.functions)),
  );
}

function areSame(functions: ApplicationFunctions, there: ApplicationFunctions | undefined): boolean {
  return functions.embed === there?.embed && functions.rerank === there?.rerank;
}

function begun(
  path: string,
  functions: ApplicationFunctions | undefined,
  open: (path: string) => Promise<SharedOpening>,
): Store {
  const store: Store = { path, opening: open(path), functions, users: 0, identity: fileIdentity(path) };
  stores().add(store);
  return store;
}

async function leave(store: Store): Promise<void> {
  store.users--;
  if (store.users > 0) return;
  stores().delete(store);
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
