import { isIP } from "node:net";
import { header, type RequestHeaders } from "./message.js";

export interface GuardOptions {
  /** The server listens on a loopback address only. */
  readonly loopback: boolean;
  /** The host it was told to listen on. */
  readonly host: string;
  /** More names clients may use. */
  readonly allowedHosts: readonly string[];
  /** Pages of any origin may call. */
  readonly cors: boolean;
}

/**
 * Why a request is refused as the work of a web page its user did not mean to let in; undefined when it is fine.
 *
 * A server on a loopback address is reachable from every page in the user's browser, in two ways:
 * - DNS rebinding: a page's own name is made to resolve to 127.0.0.1. The `Host` header then carries that name, so names
 *   other than ours are refused. Addresses cannot be rebound and are fine.
 * - Drive-by requests: any page may send a POST with a text body across origins without asking first. Browsers mark those
 *   with `Origin` or `Sec-Fetch-Site`; programs send neither.
 */
export function refuseBrowser(headers: RequestHeaders, options: GuardOptions): string | undefined {
  const host = header(headers, "host");
  if (options.loopback && host !== undefined && !isOurName(hostName(host), options)) {
    return `host ${quote(host)} is not allowed`;
  }
  if (options.cors) return undefined;
  const origin = header(headers, "origin");
  if (origin !== undefined) {
    return host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`
      ? undefined
      : `origin ${quote(origin)} is not allowed`;
  }
  const site = header(headers, "sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none"
    ? undefined
    : `${site} requests are not allowed`;
}

/** True for the names and addresses of this machine's own loopback interface. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return /^127\./.test(name) ? isIP(name) === 4 : name === "::1" || name === "[::1]" || /^::ffff:127\./.test(name);
}

function isOurName(name: string, options: GuardOptions): boolean {
  return (
    isLoopback(name) || isIP(name) !== 0 || name === options.host.toLowerCase() || options.allowedHosts.includes(name)
  );
}

/** The name in a Host header: without port, and without the brackets of an IPv6 address. */
function hostName(host: string): string {
  const name = host.startsWith("[") ? host.slice(1, Math.max(1, host.indexOf("]"))) : host.replace(/:\d*$/, "");
  return name.toLowerCase();
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
