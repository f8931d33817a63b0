import { useCallback, useEffect, useState } from "preact/hooks";

export interface Answer<T> {
  /** The last one; it stays while the next is waited for. */
  readonly value: T | undefined;
  readonly error: unknown;
  readonly waiting: boolean;
  /** Asks once more. */
  again(): void;
}

/** Asks when something that the question depends on changes; an answer that comes too late is dropped. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, on: readonly unknown[], delayMs = 0): Answer<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown; waiting: boolean }>({ waiting: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState(({ value }) => ({ ...(value !== undefined && { value }), waiting: true }));
    const timer = setTimeout(() => {
      ask(abort.signal).then(
        (value) => !abort.signal.aborted && setState({ value, waiting: false }),
        (error: unknown) => !abort.signal.aborted && setState({ error, waiting: false }),
      );
    }, delayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [...on, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  return { value: state.value, error: state.error, waiting: state.waiting, again };
}
