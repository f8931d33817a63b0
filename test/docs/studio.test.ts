import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const text = readFileSync(new URL("../../docs/studio.md", import.meta.url), "utf8");

it("the program of docs/studio.md shows the page, and asks as the table says", async () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
  const db = await Elanus.open(":memory:");
  const printed: string[] = [];
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction("db", "console", code)(db, { log: (value: string) => printed.push(value) });
  const [url = ""] = printed;
  expect((await fetch(url)).status).toBe(200);
  const { data } = (await (await fetch(`${url}/studio/about`)).json()) as { readonly data: object };
  for (const name of Object.keys(data)) expect(text).toContain(`\`${name}\``);
  await db.close();
});
