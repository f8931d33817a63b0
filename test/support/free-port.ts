import { createServer } from "node:net";

/** Below those that systems give out by themselves: whoever asks for any port, or calls somebody, takes one of theirs just now. */
const [FIRST, END] = [12_000, 32_000];
const given = new Set<number>();

/** A port that nobody has, for who must be told one; each time another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (END - FIRST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
