import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { prompter } from "../../src/cli/shell/prompter.js";
import { atEnd } from "../support/served.js";

/** Somebody at a terminal who types what he is told to. */
function terminal() {
  vi.stubEnv("ELANUS_HISTORY", "");
  const input = new PassThrough();
  const asking = prompter(() => [[], ""], { input, output: new PassThrough().resume() });
  atEnd(async () => {
    asking.close();
    vi.unstubAllEnvs();
  });
  return { input, asking };
}

it("takes lines that are pasted together one after the other, and then the end", async () => {
  const { input, asking } = terminal();
  const first = asking.ask("> ");
  input.write("one\rtwo\rthree\r\x04");
  expect(await first).toBe("one");
  expect(await asking.ask("> ")).toBe("two");
  expect(await asking.ask("> ")).toBe("three");
  expect(await asking.ask("> ")).toBeUndefined();
});

it("gives up by Ctrl-C what is typed or, while nobody is asked, what is done and what would come next", async () => {
  const { input, asking } = terminal();
  let interrupts = 0;
  asking.onInterrupt(() => interrupts++);
  const first = asking.ask("> ");
  input.write("half of a li\x03one\r");
  expect(await first).toBe("one");
  expect(interrupts).toBe(0);
  input.write("two\r\x03");
  await expect.poll(() => interrupts).toBe(1);
  const next = asking.ask("> ");
  input.write("three\r");
  expect(await next).toBe("three");
});
