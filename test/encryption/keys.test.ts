import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { openSharedEngine } from "../../src/shared/shared-engine.js";
import { HAS_CIPHERS } from "../support/ciphers.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";

const BOOK = { collectionName: "book" };
const KEY = "the right key";

async function encrypted(key: OpenOptions["key"] = KEY): Promise<string> {
  const path = temporaryPath();
  const db = await Elanus.open(path, { ...(key !== undefined && { key }) });
  await db.collections.create({ ...BOOK, dimension: 2 });
  await db.entities.insert({ ...BOOK, data: [{ id: 1, vector: [1, 2] }] });
  await db.close();
  return path;
}

const WRONG = {
  kind: "FileDamaged",
  code: 2,
  message: expect.stringContaining("the key is not that of the file, or the file is damaged, or it is not encrypted"),
};

describe("the key of a database", () => {
  it.each([[""], [new Uint8Array()], [12_345_678], [null], [["a"]], [{ length: 5 }]])(
    "is a text or bytes, and in no message (%#)",
    async (key) => {
      const opening = Elanus.open(temporaryPath(), { key } as unknown as OpenOptions);
      await expect(opening).rejects.toMatchObject({
        code: 1100,
        message: expect.stringMatching(
          /"key" of Elanus.open must be a text or bytes \(Uint8Array\) that are not empty(?:: invalid parameter)?$/,
        ),
      });
    },
  );

  it("is for files", async () => {
    await expect(Elanus.open(":memory:", { key: KEY })).rejects.toMatchObject({ code: 1100 });
    await expect(Elanus.rekey(":memory:", { newKey: KEY })).rejects.toMatchObject({ code: 1100 });
    await expect(Elanus.rekey(temporaryPath(), {})).rejects.toMatchObject({ code: 1100 });
    await expect(Elanus.rekey(temporaryPath(), { newKey: KEY })).rejects.toMatchObject({ kind: "Unavailable" });
  });
});

describe.runIf(HAS_CIPHERS)("an encrypted database", () => {
  it.each([{}, { readonly: true }, { worker: true }])("opens with its key alone (%j)", async (options) => {
    const path = await encrypted();
    const db = await Elanus.open(path, { ...options, key: KEY });
    expect(await db.entities.get({ ...BOOK, id: 1, outputFields: ["id"] })).toMatchObject([{ id: 1 }]);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
    const before = readFileSync(path);
    for (const key of ["another key", `${KEY} `, new Uint8Array([1])]) {
      await expect(Elanus.open(path, { ...options, key })).rejects.toMatchObject(WRONG);
    }
    await expect(Elanus.open(path, options)).rejects.toMatchObject({
      kind: "FileDamaged",
      message: expect.stringContaining("is encrypted and needs its key"),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("tells no wrong key from a damaged file, and none from one that is not encrypted", async () => {
    const path = await encrypted();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(7, 20, 4000));
    await expect(Elanus.open(path, { key: KEY })).rejects.toMatchObject(WRONG);
    const plain = temporaryPath();
    await (await Elanus.open(plain)).close();
    await expect(Elanus.open(plain, { key: KEY })).rejects.toMatchObject(WRONG);
  });

  it("is shared with those who have its key", async () => {
    const path = await encrypted();
    const owner = await openSharedEngine(path, { key: KEY });
    onTestFinished(() => owner.engine.close());
    for (const key of ["another key", undefined]) {
      await expect(openSharedEngine(path, key === undefined ? {} : { key })).rejects.toMatchObject(WRONG);
    }
    const peer = await openSharedEngine(path, { key: KEY });
    onTestFinished(() => peer.engine.close());
    await owner.engine.close();
    await peer.engine.execute("entities/insert", { ...BOOK, data: [{ id: 2, vector: [1, 2] }] });
    const db = await Elanus.open(path, { key: KEY, shared: true });
    await expect(Elanus.open(path, { shared: true })).rejects.toMatchObject(WRONG);
    expect(await db.entities.get({ ...BOOK, id: 2, outputFields: ["id"] })).toMatchObject([{ id: 2 }]);
    await db.close();
  });

  it("is given another key while nobody has it open", async () => {
    const path = await encrypted();
    const db = await Elanus.open(path, { key: KEY });
    await expect(Elanus.rekey(path, { key: KEY, newKey: "b" })).rejects.toMatchObject({ kind: "Unavailable" });
    await db.close();
    const reader = await Elanus.open(path, { key: KEY, readonly: true });
    await reader.entities.get({ ...BOOK, id: 1 });
    await reader.close();
    await expect(Elanus.rekey(path, { key: "wrong", newKey: "b" })).rejects.toMatchObject(WRONG);
    await Elanus.rekey(path, { key: KEY, newKey: "b" });
    await expect(Elanus.open(path, { key: KEY })).rejects.toMatchObject(WRONG);
    await (await Elanus.open(path, { key: "b" })).close();
  });

  it("is opened by the command line with a file or the environment, never an argument", async () => {
    const path = await encrypted();
    const file = join(dirname(path), "key.txt");
    writeFileSync(file, `${KEY}\n`);
    const list = ["collections", "list", "--path", path];
    expect(JSON.parse((await runCommand([...list, "--key-file", file])).out)).toMatchObject({ data: ["book"] });
    expect(JSON.parse((await runCommand(["check", path, "--key-file", file])).out)).toMatchObject({ ok: true });
    expect((await runCommand(list)).out).toContain("needs its key");
    expect((await runCommand([...list, "--key", KEY])).code).toBe(2);
    expect((await runCommand([...list, "--key-file", `${file}.none`])).code).toBe(2);
    writeFileSync(`${file}.new`, "second");
    const rekey = ["rekey", path, "--key-file", file];
    expect((await runCommand(rekey)).code).toBe(2);
    expect((await runCommand([...rekey, "--new-key-file", `${file}.new`])).code).toBe(0);
    expect((await runCommand(["rekey", path, "--key-file", `${file}.new`, "--decrypt"])).code).toBe(0);
    expect(JSON.parse((await runCommand(list)).out)).toMatchObject({ data: ["book"] });
  });

  it("is read from a log that a dead process has left", async () => {
    const path = await encrypted();
    const db = await Elanus.open(path, { key: KEY });
    await db.entities.insert({ ...BOOK, data: [{ id: 3, vector: [1, 2] }] });
    const left = temporaryPath();
    for (const suffix of ["", "-wal"]) copyFileSync(`${path}${suffix}`, `${left}${suffix}`);
    await db.close();
    for (const readonly of [true, false]) {
      const again = await Elanus.open(left, { key: KEY, readonly });
      expect(await again.entities.get({ ...BOOK, id: 3, outputFields: ["id"] })).toMatchObject([{ id: 3 }]);
      await again.close();
    }
  });
});
