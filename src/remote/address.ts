import { invalidParameter } from "../errors.js";

/** Where a server is. */
export interface ServerAddress {
  /** `http://host:port`, with the path that its surfaces lie under: for people too, so without credentials. */
  readonly text: string;
  /** `http://host:port`, with the port in any case, without the path. */
  readonly origin: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** In front of every path; without a slash at its end. */
  readonly prefix: string;
  /** What stood in front of the host: `user:password`. */
  readonly token?: string;
}

/** What is meant by an address that does not say everything. */
interface AddressForm {
  /** Port of `http` where none is named. Default: 80. */
  readonly httpPort?: number;
  /** What addresses look like, for messages. */
  readonly forms?: string;
}

/** @throws InvalidParameter */
export function readAddress(
  given: string,
  { httpPort = 80, forms = "http://host:port or https://host:port" }: AddressForm = {},
): ServerAddress {
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw invalidParameter(`${shown(given)} is no address of a server: ${forms}`);
  }
  if (url.search !== "" || url.hash !== "") throw invalidParameter(`${shown(given)} says more than where a server is`);
  const secure = url.protocol === "https:";
  const prefix = url.pathname.replace(/\/+$/, "");
  const token = [url.username, url.password].filter((part) => part !== "").map((part) => credential(part, given));
  // A URL says nothing of the port that its scheme has anyway.
  const ownPort = secure ? 443 : /:80\/*$/.test(given) ? 80 : httpPort;
  const port = url.port === "" ? ownPort : Number(url.port);
  return {
    text: `${url.protocol}//${url.host}${prefix}`,
    origin: `${url.protocol}//${url.hostname}:${port}`,
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    prefix,
    ...(token.length > 0 && { token: token.join(":") }),
  };
}

/** @throws InvalidParameter */
function credential(part: string, given: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw invalidParameter(`user and password in ${shown(given)} are not percent-encoded: % is %25 there`, error);
  }
}

/** Without what may be a password. */
function shown(given: string): string {
  return JSON.stringify(given.replace(/\/\/[^/]*@/, "//...@").slice(0, 200));
}
