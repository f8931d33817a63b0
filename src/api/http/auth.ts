import { isUtf8 } from "node:buffer";
import type { Credential } from "../../engine/index.js";

/** Why a request is refused before anybody knows who it is from: nothing usable in its header, or something that does not match. */
export type Refusal = "missing" | "wrong";

export interface AuthRules {
  /** A token without `Bearer ` in front counts as malformed (the hosted v1 service) instead of as the token. */
  readonly schemeRequired?: boolean;
}

/** `Bearer user:password`, `Bearer key`, `Basic base64`, or a bare token; undefined when there is nothing usable in it. */
export function readCredential(header: string | undefined, rules: AuthRules): Credential | undefined {
  if (header === undefined) return undefined;
  if (header.startsWith("Bearer ")) return credentialOf(utf8(header.slice(7)));
  if (/^basic /i.test(header)) {
    const text = Buffer.from(header.slice(6).trim(), "base64").toString("utf8");
    return text.includes(":") ? credentialOf(text) : undefined;
  }
  return rules.schemeRequired === true ? undefined : credentialOf(utf8(header));
}

/** Headers are read byte by byte; clients send UTF-8, or what they mean by it. */
function utf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

/** `user:password`, or a key; undefined for what can be neither. */
export function credentialOf(token: string): Credential | undefined {
  const colon = token.indexOf(":");
  if (colon < 0) return token.trim() === "" ? undefined : { kind: "key", key: token };
  const user = token.slice(0, colon);
  const password = token.slice(colon + 1);
  return user === "" || password === "" ? undefined : { kind: "password", user, password };
}
