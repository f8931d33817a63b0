import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../src/engine/index.js";
import { temporaryPath } from "../support/temporary.js";
import { BOOK, countOf, createBooks, insert, openAsAnother } from "./several.js";

describe("calls of a process that does not own the file", () => {
  it("fail with the errors of the owner, and with those of values that cannot be sent", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const peer = await openAsAnother(path);
    await createBooks(peer);
    await expect(peer.execute("no/such", {})).rejects.toMatchObject({ kind: "Unsupported" });
    await expect(insert(peer, 1.5)).rejects.toMatchObject({ name: "ElanusError" });
    const odd = { ...BOOK, data: [{ id: 1, vector: () => 1 }] };
    await expect(peer.execute("entities/insert", odd)).rejects.toMatchObject({ kind: "BadRow" });
    await expect(peer.execute("entities/query", { ...BOOK, filter: () => 1 })).rejects.toMatchObject({
      kind: "MalformedRequest",
    });
    expect(await countOf(peer)).toBe(0);
  });

  it("run the models of the process that calls", async () => {
    const path = temporaryPath();
    const model = (value: number) => ({
      functions: { embed: (texts: readonly string[]) => texts.map(() => [value, value]) },
    });
    const owner = await openAsAnother(path, model(1));
    const peer = await openAsAnother(path, model(2));
    const without = await openAsAnother(path);
    await peer.execute("collections/create", {
      ...BOOK,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 10 } },
          { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
        functions: [
          {
            name: "f",
            type: "TextEmbedding",
            inputFieldNames: ["text"],
            outputFieldNames: ["vector"],
            params: { provider: "openai", model_name: "m" },
          },
        ],
      },
      indexParams: [{ fieldName: "vector", metricType: "L2" }],
    });
    const row = (id: number) => ({ ...BOOK, data: [{ id, text: "a" }] });
    await owner.execute("entities/insert", row(1));
    await peer.execute("entities/insert", row(2));
    await expect(without.execute("entities/insert", row(3))).rejects.toMatchObject({ name: "ElanusError" });
    const vectorOf = async (id: number) => {
      const { data } = await peer.execute("entities/get", { ...BOOK, id, outputFields: ["vector"] });
      const { columns } = data as { columns: readonly { name: string; values: Uint8Array }[] };
      const [values] = columns.filter(({ name }) => name === "vector").map((column) => column.values);
      // Bytes of a message lie where there was room for them.
      return [...new Float32Array((values as Uint8Array).slice().buffer)];
    };
    expect([await vectorOf(1), await vectorOf(2)]).toEqual([
      [1, 1],
      [2, 2],
    ]);
    // What waits for a model of a peer does not keep the owner from going.
    await owner.close();
    await peer.execute("entities/insert", row(4));
    expect(await vectorOf(4)).toEqual([2, 2]);
  });

  it("tell of progress, and of files by the names that they have here", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const peer = await openAsAnother(path);
    const events: ProgressEvent[] = [];
    const stop = peer.onProgress((event) => events.push(event));
    await createBooks(peer);
    stop();
    expect(events).toContainEqual(expect.objectContaining({ kind: "load", collection: "book", progress: 100 }));
    mkdirSync(`${path}.files`);
    const from = `${path}.files/rows.json`;
    writeFileSync(
      from,
      JSON.stringify([
        { id: 1, vector: [1, 2] },
        { id: 2, vector: [3, 4] },
      ]),
    );
    const told: number[] = [];
    const watch = { onProgress: ({ rows }: { rows: number }) => told.push(rows) };
    expect(await peer.transfer("import", { ...BOOK, from }, watch)).toEqual({ rowCount: 2 });
    expect(told.at(-1)).toBe(2);
    await expect(peer.transfer("import", { ...BOOK, from: "-" })).rejects.toMatchObject({ kind: "Unsupported" });
    const stopped = AbortSignal.abort();
    await expect(peer.transfer("import", { ...BOOK, from }, { signal: stopped })).rejects.toMatchObject({
      kind: "Aborted",
    });
    const to = `${path}.files/copy.db`;
    await peer.transfer("backup", { to });
    expect(await countOf(await openAsAnother(to))).toBe(2);
  });

  it("carry large requests and answers, and many at a time", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const peer = await openAsAnother(path);
    await peer.execute("collections/create", { ...BOOK, dimension: 1024, metricType: "L2" });
    const data = Array.from({ length: 4000 }, (_, id) => ({ id, vector: new Float32Array(1024).fill(id) }));
    await peer.execute("entities/insert", { ...BOOK, data });
    const many = Array.from({ length: 600 }, (_, id) =>
      peer.execute("entities/get", { ...BOOK, id, outputFields: ["id"] }),
    );
    for (const { data: found } of await Promise.all(many)) expect(found).toMatchObject({ rowCount: 1 });
    const all = { ...BOOK, filter: "", limit: 4000, outputFields: ["vector"] };
    expect((await peer.execute("entities/query", all)).data).toMatchObject({ rowCount: 4000 });
  });

  it("end where their signal says so before anything is done, with its reason", async () => {
    const path = temporaryPath();
    await openAsAnother(path);
    const peer = await openAsAnother(path);
    await createBooks(peer);
    const reason = new Error("not needed");
    const request = { ...BOOK, data: [{ id: 1, vector: [1, 1] }] };
    const canceled = peer.execute("entities/insert", request, { signal: AbortSignal.abort(reason) });
    await expect(canceled).rejects.toMatchObject({ kind: "Canceled", cause: reason });
    expect(await countOf(peer)).toBe(0);
  });

  it("are refused once it has closed, when those before have been answered", async () => {
    const path = temporaryPath();
    const owner = await openAsAnother(path);
    const peer = await openAsAnother(path);
    await createBooks(peer);
    const writing = insert(peer, 1);
    const closing = peer.close();
    await expect(insert(peer, 2)).rejects.toMatchObject({ kind: "NotReady" });
    await writing;
    await closing;
    expect(await countOf(owner)).toBe(1);
  });
});
