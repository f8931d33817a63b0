import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type DatabaseKey, keyBytes } from "../engine/index.js";
import { PACKAGE_VERSION } from "../runtime/version.js";
import { OWN_FORM } from "./payload.js";

/** The first words of both sides, as JSON: neither reads anything else before the other one has proved that it knows the secret. */
export interface Hello {
  readonly version: string;
  readonly nonce: string;
  /** How its runtime writes values down (`OWN_FORM`). */
  readonly form: string;
}

export interface OwnerHello extends Hello {
  /** That it knows the secret: who has only taken the name of the socket does not. */
  readonly proof: string;
}

export interface Refusal {
  readonly refused: "version" | "secret";
  /** Of the owner. */
  readonly version: string;
}

/** Counts what is said here: raise it with every change of a message. */
const PROTOCOL = 2;

/** What both sides must have in common: the version of this package, and of what is said. */
export const VERSION = `${PACKAGE_VERSION}/${PROTOCOL}`;

export function newHello(): Hello {
  return { version: VERSION, nonce: randomBytes(16).toString("hex"), form: OWN_FORM };
}

type Role = "owner" | "peer";

/** That somebody in this role knows the secret, good for this pair of nonces alone. */
export function proofOf(role: Role, secret: Buffer, peer: Hello, owner: Hello): string {
  const said = [role, VERSION, peer.nonce, owner.nonce, peer.form, owner.form].join("\0");
  return createHmac("sha256", secret).update(said).digest("hex");
}

/** That somebody has the key of an encrypted file, good for one session. */
export function proofOfKey(key: DatabaseKey | undefined, session: string): string | undefined {
  const bytes = keyBytes(key);
  return bytes === undefined ? undefined : createHmac("sha256", bytes).update(session).digest("hex");
}

export function isProof(given: unknown, expected: string): boolean {
  if (typeof given !== "string") return false;
  const [bytes, wanted] = [Buffer.from(given), Buffer.from(expected)];
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}

/** What a greeting says; undefined for what is none. */
export function readGreeting(payload: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const said: unknown = JSON.parse(payload.toString());
    return typeof said === "object" && said !== null ? (said as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function isHello(said: Readonly<Record<string, unknown>> | undefined): said is Hello & typeof said {
  const { version, nonce, form } = said ?? {};
  return typeof version === "string" && typeof form === "string" && /^[0-9a-f]{32}$/.test(String(nonce));
}
