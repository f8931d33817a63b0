import { fileURLToPath } from "node:url";
import {
  type Engine,
  type EngineOptions,
  type LocalEngine,
  openEngine,
  openImage,
  type StoreImage,
} from "../engine/index.js";
import { failure } from "../errors.js";
import { LateVisibility } from "./late-visibility.js";
import { Seeded } from "./seeded.js";
import type { Kept } from "./snapshots.js";

/** What surfaces need of an engine. */
type Served = Pick<Engine, "authenticate" | "execute" | "permit" | "requireOpen" | "stats">;

interface StoreOptions extends EngineOptions {
  /** Weak reads do not see what was written last. */
  readonly strict: boolean;
}

/** An engine in memory in whose place another one may come, while surfaces go on calling. */
export class Store implements Served {
  readonly #options: StoreOptions;
  #engine: LocalEngine;
  #seeded: Seeded | undefined;
  readonly #late: LateVisibility | undefined;
  #closed: Promise<void> | undefined;

  private constructor(options: StoreOptions, engine: LocalEngine, seeded: Seeded | undefined) {
    this.#options = options;
    this.#late = options.strict ? new LateVisibility() : undefined;
    this.#engine = engine;
    this.#seeded = seeded;
  }

  /** An empty store. @throws what opening a database does */
  static empty(options: StoreOptions, seed: number | undefined): Store {
    const seeded = seededWith(seed);
    return new Store(options, openEngine(":memory:", options, seeded), seeded);
  }

  /** A store with the contents of an image. */
  static of(options: StoreOptions, { image, seeded }: Kept, seed?: number): Store {
    const own = seeded?.copy() ?? seededWith(seed);
    return new Store(options, openImage(image, options, own), own);
  }

  /** The contents of a database file, as they were committed last. @throws what opening it does */
  static async imageOf(file: string | URL): Promise<StoreImage> {
    const engine = openEngine(typeof file === "string" ? file : fileURLToPath(file), { readonly: true });
    try {
      return await engine.image();
    } finally {
      await engine.close();
    }
  }

  execute: Engine["execute"] = (path, request, options) => {
    this.#seeded?.advance(1);
    if (this.#late === undefined) return this.#engine.execute(path, request, options);
    return this.#late.execute({ engine: this.#engine, copy: () => this.#copy() }, path, request, options);
  };

  /** What is there now, for those who are to see no more. */
  async #copy(): Promise<Engine> {
    const image = await this.#engine.image();
    return openImage(image, withoutUsers(this.#options), this.#seeded);
  }

  permit: Engine["permit"] = (path, names, options) => this.#engine.permit(path, names, options);

  authenticate: Engine["authenticate"] = (credential) => this.#engine.authenticate(credential);

  stats: Engine["stats"] = () => this.#engine.stats();

  requireOpen: Engine["requireOpen"] = () => {
    if (this.#closed !== undefined) throw failure("NotReady", { reason: "this Milvus is closed" });
    this.#engine.requireOpen();
  };

  /** Milliseconds since the epoch; undefined where they are the system's. */
  get now(): (() => number) | undefined {
    return this.#seeded === undefined ? undefined : () => (this.#seeded as Seeded).now();
  }

  /** @returns whether there is a clock to turn */
  advance(milliseconds: number): boolean {
    this.#seeded?.advance(milliseconds);
    return this.#seeded !== undefined;
  }

  async keep(): Promise<Kept> {
    const image = await this.#engine.image();
    return { image, seeded: this.#seeded?.copy() };
  }

  /** Puts other contents in the place of these. Calls that are under way end with the old ones. */
  async replace({ image, seeded }: Kept): Promise<void> {
    const before = this.#engine;
    const own = seeded?.copy();
    this.#engine = openImage(image, withoutUsers(this.#options), own);
    this.#seeded = own;
    this.#late?.clear();
    await before.close();
  }

  close(): Promise<void> {
    this.#late?.clear();
    this.#closed ??= this.#engine.close();
    return this.#closed;
  }
}

function seededWith(seed: number | undefined): Seeded | undefined {
  return seed === undefined ? undefined : new Seeded(seed);
}

/** They are in every image of a store that was opened with them, and to look at a password takes long. */
export function withoutUsers({ auth, ...options }: StoreOptions): StoreOptions {
  if (auth === undefined) return options;
  const { users: _kept, ...others } = auth;
  return { ...options, auth: others };
}
