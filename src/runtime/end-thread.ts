import type { MessagePort } from "node:worker_threads";

/** Ends the thread that this runs in, when its messages have gone. On Deno its port cannot be closed, but the thread can. */
export function endThread(port: Partial<Pick<MessagePort, "close">>): void {
  if (port.close !== undefined) port.close();
  else (globalThis as { readonly close?: () => void }).close?.();
}
