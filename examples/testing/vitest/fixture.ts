import { type Milvus, startMilvus } from "elanus/testing";
import { test as base } from "vitest";
import { Notes } from "../notes.mjs";

interface PerFile {
  /** One Milvus for all tests of a file; files that run in parallel have their own. */
  readonly server: Milvus;
}

interface PerTest {
  /** The same, with nothing in it. */
  readonly milvus: Milvus;
  readonly notes: Notes;
}

export const test = base.extend<PerTest & { $file: PerFile }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it what a fixture needs
    async ({}, use) => {
      const milvus = await startMilvus();
      await use(milvus);
      await milvus.close();
    },
    { scope: "file" },
  ],
  milvus: async ({ server }, use) => {
    await use(server);
    await server.reset();
  },
  notes: async ({ milvus }, use) => {
    const notes = new Notes(await milvus.client());
    await notes.prepare();
    await use(notes);
  },
});
