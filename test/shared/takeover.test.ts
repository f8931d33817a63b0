import { existsSync, linkSync, rmSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";
import { BOOK, countOf, createBooks, insert, openAsAnother } from "./several.js";

describe("a file that several processes share", () => {
  it("is written and read through the one that owns it", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    const peer = await openAsAnother(path);
    await createBooks(peer);
    expect(await insert(peer, 1, 2)).toEqual({ insertCount: 2, insertIds: [1, 2] });
    expect(await countOf(owner)).toBe(2);
    const found = await peer.execute("entities/search", { ...BOOK, data: [new Float32Array([2, 1])], limit: 1 });
    const here = await owner.execute("entities/search", { ...BOOK, data: [[2, 1]], limit: 1 });
    expect(found.data).toEqual(here.data);
  });

  it("is owned by another one when its owner closes it", async () => {
    const path = temporaryPath();
    const first = await openAsAnother(path);
    const others = await Promise.all([openAsAnother(path), openAsAnother(path), openAsAnother(path)]);
    await createBooks(first);
    const writing = others.map((engine, i) => insert(engine, i + 1));
    await first.close();
    await Promise.all(writing);
    await Promise.all(others.map((engine, i) => insert(engine, 10 + i)));
    const [last, ...early] = others;
    for (const engine of early) await engine.close();
    expect(await countOf(last as (typeof others)[0])).toBe(6);
  });

  it("that was removed or replaced is not taken over: nobody begins an empty one in its place", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    const peer = await openAsAnother(path);
    await createBooks(owner);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${path}${suffix}`, { force: true });
    await owner.close().catch(() => {});
    await expect(insert(peer, 1)).rejects.toMatchObject({
      kind: "Unavailable",
      message: expect.stringContaining("was removed or replaced while it was open"),
    });
    expect(existsSync(path)).toBe(false);
  });

  it("is one file under all of its names", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    await createBooks(owner);
    symlinkSync(path, `${path}.symbolic`);
    linkSync(path, `${path}.hard`);
    for (const name of [`${path}.symbolic`, `${path}.hard`]) {
      const peer = await openAsAnother(name);
      await insert(peer, name.length);
      await peer.close();
    }
    expect(await countOf(owner)).toBe(2);
  });
});
