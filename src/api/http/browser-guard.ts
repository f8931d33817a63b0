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
  if (options.loopback && host !== undefined && !isOurs(host, options)) {
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
  const address = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  switch (isIP(address)) {
    case 4:
      return address.startsWith("127.");
    case 6:
      return address === "::1" || address.startsWith("::ffff:127.");
    default:
      return false;
  }
}

/** The last host that was found to be ours: most requests name it again. */
let known: { readonly host: string; readonly options: GuardOptions } | undefined;

function isOurs(host: string, options: GuardOptions): boolean {
  if (known?.host === host && known.options === options) return true;
  if (!namesUs(host, options)) return false;
  known = { host, options };
  return true;
}

/** Whether a Host header names an address, or this server by a name of its own. */
function namesUs(host: string, options: GuardOptions): boolean {
  // Only a bracket tells where an IPv6 address ends.
  const [, inBrackets] = /^\[([^[\]]*)\](?::\d*)?$/.exec(host) ?? [];
  if (inBrackets !== undefined) return isIP(inBrackets) === 6;
  const name = host.replace(/:\d*$/, "").toLowerCase();
  if (!/^[\w.-]+$/.test(name)) return false;
  return (
    isIP(name) !== 0 || isLoopback(name) || name === options.host.toLowerCase() || options.allowedHosts.includes(name)
  );
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
