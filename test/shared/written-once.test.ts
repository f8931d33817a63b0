import { writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { temporaryPath } from "../support/temporary.js";
import { BOOK, countOf, createBooks } from "./several.js";

/** Writes of one session on a file, whose owner may change in between. */
class Session {
  readonly #path = temporaryPath();
  #engine = openEngine(this.#path);
  #number = 0;

  constructor() {
    onTestFinished(() => this.#engine.close());
  }

  get path(): string {
    return this.#path;
  }

  get engine(): Engine {
    return this.#engine;
  }

  /** The answers to a write that is asked for twice: of one owner, and of the next one, where others have been heard in between. */
  async twice(path: string, request: object, between = async () => {}): Promise<readonly [unknown, unknown]> {
    const id = { session: "s", number: ++this.#number, answeredBefore: this.#number };
    const first = await this.#engine.execute(path, request, { write: id });
    await between();
    await this.#engine.close();
    this.#engine = openEngine(this.#path);
    const second = await this.#engine.execute(path, request, { write: id });
    return [first.data, second.data];
  }

  run(path: string, request: object): Promise<unknown> {
    return this.#engine.execute(path, request).then(({ data }) => data);
  }
}

async function withBooks(more: object = {}): Promise<Session> {
  const session = new Session();
  await createBooks(session.engine, more);
  return session;
}

const rows = (...ids: readonly number[]) => ({ ...BOOK, data: ids.map((id) => ({ id, vector: [id, 1] })) });

describe("a write that is asked for a second time, of the next owner", () => {
  it("inserts once, under the same drawn keys", async () => {
    const session = await withBooks({ autoID: true });
    const [first, second] = await session.twice("entities/insert", {
      ...BOOK,
      data: [{ vector: [1, 2] }, { vector: [3, 4] }],
    });
    expect(second).toEqual(first);
    expect(await countOf(session.engine)).toBe(2);
  });

  it("upserts once, and does not undo what has come since", async () => {
    const session = await withBooks();
    const [first, second] = await session.twice("entities/upsert", rows(1), async () => {
      await session.run("entities/delete", { ...BOOK, filter: "id == 1" });
    });
    expect(second).toEqual(first);
    expect(await countOf(session.engine)).toBe(0);
  });

  it("tells how many it has deleted", async () => {
    const session = await withBooks();
    await session.run("entities/insert", rows(1, 2, 3));
    const answers = await session.twice("entities/delete", { ...BOOK, filter: "id < 3" });
    expect(answers).toEqual([{ deleteCount: 2 }, { deleteCount: 2 }]);
  });

  it("drops what it was told to drop, and nothing of that name since", async () => {
    const session = await withBooks();
    await session.twice("collections/drop", BOOK, () => createBooks(session.engine));
    expect(await session.run("collections/has", BOOK)).toMatchObject({ has: true });
  });

  it("begins jobs, pins and snapshots once", async () => {
    const session = await withBooks();
    const snapshot = { ...BOOK, snapshotName: "s" };
    await session.twice("snapshots/create", snapshot);
    expect(await session.run("snapshots/list", BOOK)).toMatchObject([expect.anything()]);
    const [pin, again] = await session.twice("snapshots/pin", { ...snapshot, ttlSeconds: 60 });
    expect(again).toEqual(pin);
    const [job, same] = await session.twice("snapshots/restore", { ...snapshot, targetCollectionName: "copy" });
    expect(same).toEqual(job);
    expect(await session.run("jobs/snapshot/list", {})).toMatchObject({ records: [expect.anything()] });
  });

  it("imports once", async () => {
    const session = await withBooks({ autoID: true });
    const from = `${session.path}.json`;
    writeFileSync(from, JSON.stringify([{ vector: [1, 2] }]));
    const write = { session: "t", number: 1, answeredBefore: 1 };
    for (let i = 0; i < 2; i++) {
      expect(await session.engine.transfer("import", { ...BOOK, from }, { write })).toEqual({ rowCount: 1 });
    }
    expect(await countOf(session.engine)).toBe(1);
  });

  it("is tried again when it has failed, and forgotten when its answer is known to have come", async () => {
    const session = await withBooks({ autoID: true });
    const write = (number: number, answeredBefore: number) => ({ write: { session: "u", number, answeredBefore } });
    const good = { ...BOOK, data: [{ vector: [1, 2] }] };
    await expect(
      session.engine.execute("entities/insert", { ...BOOK, data: [{ vector: [1] }] }, write(1, 1)),
    ).rejects.toThrow();
    await session.engine.execute("entities/insert", good, write(1, 1));
    await session.engine.execute("entities/insert", good, write(2, 2));
    // Nobody asks for the first one again; it would be done again, since nothing is known of it.
    await session.engine.execute("entities/insert", good, write(1, 1));
    expect(await countOf(session.engine)).toBe(3);
  });
});
