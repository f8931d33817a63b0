import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { markdownPages } from "../docs/markdown.js";
import { pages, SERVED } from "../docs/samples.js";
import { python, pythonWith, whySkipped } from "./harness/languages.js";

const reason = whySkipped(python, "Python 3.10 or newer");
const samples = pages().flatMap((page) => page.python.map((sample) => ({ page: page.name, ...sample })));

const others = markdownPages()
  .filter(({ name }) => !name.startsWith("docs/milvus-3/"))
  .flatMap(({ name, blocks }) => blocks.map((block) => ({ ...block, name })))
  .filter(({ language }) => language === "py" || language === "python");

describe.skipIf(reason !== "")(`the Python samples of docs/milvus-3${reason}`, () => {
  let program = "";
  beforeAll(() => {
    program = pythonWith(fileURLToPath(new URL("./python/requirements-3.0.2.txt", import.meta.url)));
  }, 600_000);

  it.each(samples)("of $page print what they say", async ({ code, expected }) => {
    const db = await Elanus.open(":memory:", { ...SERVED, worker: true });
    const server = await db.listen({ port: 0 });
    try {
      const file = join(mkdtempSync(join(tmpdir(), "elanus-docs-")), "sample.py");
      writeFileSync(file, code.replaceAll("http://localhost:19530", server.url));
      const { stdout } = await promisify(execFile)(program, [file]);
      expect(stdout).toBe(expected);
    } finally {
      await db.close();
    }
  });

  it.each(others)("of $name:$line run", async ({ code }) => {
    const db = await Elanus.open(":memory:", { worker: true });
    await db.collections.create({ collectionName: "book", dimension: 4 });
    await db.partitions.create({ collectionName: "book", partitionName: "novel" });
    const server = await db.listen({ port: 0 });
    try {
      const file = join(mkdtempSync(join(tmpdir(), "elanus-docs-")), "sample.py");
      writeFileSync(file, code.replaceAll("http://127.0.0.1:19530", server.url));
      await promisify(execFile)(program, [file]);
    } finally {
      await db.close();
    }
  });
});
