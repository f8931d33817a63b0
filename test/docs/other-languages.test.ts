import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages, root } from "./markdown.js";

/** Go and Java of the pages is taken from programs that test:clients compiles and runs. */
const PROGRAMS = {
  go: "test/clients/go/v2/main.go",
  java: "test/clients/java/src/main/java/Walk.java",
} as const;

const close = (code: string) =>
  code
    .replaceAll('os.Getenv("ELANUS_ADDRESS")', '"127.0.0.1:19530"')
    .replaceAll('"http://" + ADDRESS', '"http://127.0.0.1:19530"')
    .replace(/\bNOVEL\b/g, 'List.of("novel")')
    .replace(/\bclient, err (:?=)/g, "client, err =")
    .replace(/\s+/g, "");

const blocks = markdownPages().flatMap(({ name, blocks }) => blocks.map((block) => ({ ...block, name })));

describe.each(Object.entries(PROGRAMS))("%s", (language, file) => {
  const program = close(readFileSync(join(root, file), "utf8"));
  const own = blocks.filter((block) => block.language === language);

  it("is on a page", () => expect(own.length).toBeGreaterThan(0));

  it.each(own)("$name:$line is run", ({ code }) => {
    expect(program).toContain(close(code));
  });
});
