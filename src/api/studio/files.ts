import { brotliDecompressSync } from "node:zlib";
import { header, type RequestHeaders } from "../http/message.js";
import type { Document } from "../surface.js";

/** Nothing is loaded from anywhere else, nothing runs that is not a file of ours, and no other page may frame this one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-cache",
} as const;

/** Paths of the files: `/`, and what it loads. */
export const PAGE_PATHS: readonly string[] = ["/", "/studio/main.js", "/studio/main.css", "/studio/map-worker.js"];

/** A file of the page, packed where the browser takes it so; undefined in a run from the sources, which has none. */
export async function pageFile(path: string, headers: RequestHeaders): Promise<Document | undefined> {
  // Who never opens the page does without its text.
  const { studioPageCode } = await import("./studio-page-code.js");
  const file = studioPageCode?.[path];
  if (file === undefined) return undefined;
  const packed = Buffer.from(file.brotliBase64, "base64");
  const shared = { ...HEADERS, "content-type": file.type, vary: "accept-encoding" };
  if (!/\bbr\b/.test(header(headers, "accept-encoding") ?? "")) {
    return { headers: shared, body: [brotliDecompressSync(packed)] };
  }
  return { headers: { ...shared, "content-encoding": "br" }, body: [packed] };
}
