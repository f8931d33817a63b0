import { after } from "../values/clock.js";

const PAUSE_MS = 5;

/**
 * Reads from or writes to a pipe. Where another process has told it not to block (npx does so), it answers that it is empty or full: it is
 * asked again until its other end has done something.
 */
export async function whenReady<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await new Promise<void>((resolve) => void after(PAUSE_MS, resolve));
    }
  }
}
