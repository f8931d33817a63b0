import { invalidParameter } from "../errors.js";

/** Where a server is. */
export interface ServerAddress {
  /** `http://host:port`, with the path that its surfaces lie under: for people too, so without credentials. */
  readonly text: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** In front of every path; without a slash at its end. */
  readonly prefix: string;
  /** What stood in front of the host: `user:password`. */
  readonly token?: string;
}

/** @throws InvalidParameter */
export function readAddress(given: string): ServerAddress {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw invalidParameter(`the address of a server is http://host:port or https://host:port, not ${shown(given)}`);
  }
  if (url.search !== "" || url.hash !== "") throw invalidParameter(`${shown(given)} says more than where a server is`);
  const secure = url.protocol === "https:";
  const prefix = url.pathname.replace(/\/+$/, "");
  const token = [url.username, url.password].filter((part) => part !== "").map(decodeURIComponent);
  return {
    text: `${url.protocol}//${url.host}${prefix}`,
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    prefix,
    ...(token.length > 0 && { token: token.join(":") }),
  };
}

/** Without what may be a password. */
function shown(given: string): string {
  return JSON.stringify(given.replace(/\/\/[^/]*@/, "//...@").slice(0, 200));
}
