import { describe, expect, it } from "vitest";
import type { Filter } from "../../src/adapters/kit/filter.js";
import type { Elanus } from "../../src/index.js";
import { DATABASES, lettersOf } from "./frameworks.js";

/** A store of a framework, in words that all of them have. */
export interface Store {
  add(texts: readonly string[], metadata: readonly object[], ids: readonly string[]): Promise<readonly string[]>;
  find(vector: number[], limit: number, filter?: Filter): Promise<readonly Found[]>;
  remove(ids: readonly string[]): Promise<void>;
  removeBy(filter: Filter): Promise<void>;
}

interface Found {
  readonly id: string;
  readonly score: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const BOOKS = [
  {
    text: "the whale and the ship",
    title: "Moby-Dick",
    year: 1851,
    tags: ["sea", "novel"],
    author: { name: "Melville" },
  },
  { text: "a day in Dublin", title: "Ulysses", year: 1922, tags: ["city"], author: { name: "Joyce" }, read: true },
  {
    text: "the match maker of Highbury",
    title: 'Emma "the first"',
    year: 1815,
    tags: ["novel"],
    author: { name: "Austen" },
  },
  { text: "zzz", title: "100 % sleep_", read: false },
] as const;

const FILTERS: readonly (readonly [Filter, readonly number[]])[] = [
  [{}, [0, 1, 2, 3]],
  [{ year: 1922 }, [1]],
  [{ year: { $gte: 1851, $lt: 1922 } }, [0]],
  [{ year: { $ne: 1922 } }, [0, 2, 3]],
  [{ year: { $not: { $gt: 1851 } } }, [0, 2, 3]],
  [{ year: { $in: [1815, 1851] } }, [0, 2]],
  [{ year: [1815, 1922] }, [1, 2]],
  [{ year: { $nin: [1815, 1922] } }, [0, 3]],
  [{ year: { $in: [] } }, []],
  [{ year: null }, [3]],
  [{ year: { $exists: true } }, [0, 1, 2]],
  [{ title: 'Emma "the first"' }, [2]],
  [{ title: { $regex: "^100 % sleep_$" } }, [3]],
  [{ title: { $regex: "^e.*first", $options: "i" } }, [2]],
  [{ title: /[MU]/ }, [0, 1]],
  [{ title: { $contains: "%" } }, [3]],
  [{ read: true }, [1]],
  [{ read: { $ne: true } }, [0, 2, 3]],
  [{ tags: { $contains: "novel" } }, [0, 2]],
  [{ tags: { $in: ["sea", "city"] } }, [0, 1]],
  [{ tags: { $all: ["sea", "novel"] } }, [0]],
  [{ tags: { $nin: ["novel"] } }, [1, 3]],
  [{ "author.name": "Joyce" }, [1]],
  [{ author: { name: { $gt: "B" } } }, [0, 1]],
  [{ $or: [{ year: 1922 }, { title: "Moby-Dick" }] }, [0, 1]],
  [{ $nor: [{ year: 1922 }, { title: "Moby-Dick" }] }, [2, 3]],
  [{ $not: { year: 1922 } }, [0, 2, 3]],
  [{ $and: [] }, [0, 1, 2, 3]],
  [{ $or: [] }, []],
  [{ missing: 5 }, []],
  [{ missing: { $ne: 5 } }, [0, 1, 2, 3]],
];

const REFUSED: readonly (readonly [Filter, string])[] = [
  [{ year: { $near: 5 } }, "$near"],
  [{ $gt: 5 }, "$gt"],
  [{ year: undefined }, "year"],
  [{ year: { $gt: Number.NaN } }, "NaN"],
  [{ year: { $in: 5 } }, "$in"],
  [{ $or: { year: 5 } }, "$or"],
  [{ title: { $options: "i" } }, "$options"],
  [{ title: { $regex: 5 } }, "$regex"],
  [{ "": 5 }, '""'],
  [{ title: { $eq: {} } }, "{}"],
];

/** What every adapter promises, on every database. @param perUse makes a store on a database */
export function describeStore(name: string, perUse: (db: Elanus) => Promise<Store>): void {
  describe.each(DATABASES)(`${name}, a database %s`, (_, open) => {
    const ids = BOOKS.map(({ title }) => title);
    const filled = async (): Promise<{ db: Elanus; store: Store }> => {
      const db = await open();
      const store = await perUse(db);
      const metadata = BOOKS.map(({ text: _text, ...rest }) => rest);
      expect(
        await store.add(
          BOOKS.map(({ text }) => text),
          metadata,
          ids,
        ),
      ).toEqual(ids);
      return { db, store };
    };

    it("finds what is near, with its id and its metadata as it was given", async () => {
      const { store } = await filled();
      const found = await store.find(lettersOf("Dublin day"), 2);
      expect(found).toHaveLength(2);
      const { text: _text, ...metadata } = BOOKS[1];
      expect(found[0]).toMatchObject({ id: "Ulysses", metadata });
      expect(typeof found[0]!.score).toBe("number");
    });

    it("filters as the framework does", async () => {
      const { store } = await filled();
      for (const [filter, expected] of FILTERS) {
        const found = await store.find(lettersOf("book"), 10, filter);
        expect([filter, found.map(({ id }) => id).sort()]).toEqual([filter, expected.map((at) => ids[at]).sort()]);
      }
    });

    it("refuses a filter that it does not know, by name", async () => {
      const { store } = await filled();
      for (const [filter, part] of REFUSED) {
        await expect(store.find(lettersOf("book"), 10, filter)).rejects.toThrow(part);
        await expect(store.removeBy(filter)).rejects.toThrow(part);
      }
      await expect(store.removeBy({})).rejects.toThrow("says something");
      expect(await store.find(lettersOf("book"), 10)).toHaveLength(4);
    });

    it("replaces what has the same id, and deletes by id and by filter", async () => {
      const { db, store } = await filled();
      await store.add(["zzz"], [{ title: "asleep", year: 3000 }], ["Ulysses"]);
      expect(await store.find(lettersOf("z"), 1, { title: "asleep" })).toMatchObject([{ metadata: { year: 3000 } }]);
      expect(await store.find(lettersOf("z"), 10)).toHaveLength(4);
      await store.remove(["Ulysses", "none"]);
      await store.remove([]);
      await store.removeBy({ year: { $lt: 1850 } });
      const left = await store.find(lettersOf("z"), 10);
      expect(left.map(({ id }) => id).sort()).toEqual(["100 % sleep_", "Moby-Dick"]);
      const [collectionName] = await db.collections.list();
      await db.collections.release({ collectionName: collectionName! });
      expect(await store.find(lettersOf("z"), 10)).toHaveLength(2);
    });

    it("adds what comes at the same time", async () => {
      const store = await perUse(await open());
      const batches = Array.from({ length: 5 }, (__, at) => `batch ${at}`);
      await Promise.all(batches.map((text) => store.add([text], [{ text }], [text])));
      expect((await store.find(lettersOf("batch"), 10)).map(({ id }) => id).sort()).toEqual(batches);
    });

    it("says what is wrong with vectors", async () => {
      const { store } = await filled();
      await expect(store.find([1, 2], 5)).rejects.toMatchObject({ name: "ElanusError" });
      await expect(store.add(["one", "two"], [{}, {}], ["one"])).rejects.toThrow("came with");
    });
  });
}
