import { isUtf8 } from "node:buffer";
import { createHmac, randomBytes, scrypt, scryptSync, timingSafeEqual } from "node:crypto";
import { failure } from "../../errors.js";
import { BoundedMap } from "../../values/bounded-map.js";

/** Who may use the REST surfaces. In-process calls are not asked. */
export interface AuthOptions {
  /** User names with their passwords. */
  readonly users?: Readonly<Record<string, string>>;
  readonly apiKeys?: readonly string[];
}

/**
 * Why a request is refused: nothing usable in its header, something that does not match, or too many passwords that are being
 * checked already.
 */
export type Credential = "missing" | "wrong" | "busy";
type Verdict = Credential | undefined;

type Presented =
  | { readonly kind: "password"; readonly user: string; readonly password: string; readonly scheme: Scheme }
  | { readonly kind: "key"; readonly key: string; readonly scheme: Scheme };
type Scheme = "bearer" | "basic" | "none";

export interface Authenticator {
  /**
   * Judges an `Authorization` header: undefined lets the request in. A promise only when a credential is seen for the
   * first time, because scrypt takes its time by design.
   */
  judge(header: string | undefined, rules?: AuthRules): Verdict | Promise<Verdict>;
  /** The same for `user:password` or a key by itself. */
  judgeToken(token: string): Verdict | Promise<Verdict>;
}

export interface AuthRules {
  /** A token without `Bearer ` in front counts as malformed (the hosted v1 service) instead of as the token. */
  readonly schemeRequired?: boolean;
}

const HASH_BYTES = 32;
/** Wrong credentials that are remembered. */
const MAX_REMEMBERED = 1024;
/** Slow hashes that may wait at one time; beyond that a password that has not been seen is neither right nor wrong. */
const MAX_DERIVING = 64;

/**
 * Prepares the check of `Authorization` headers.
 *
 * Passwords are kept as scrypt hashes, derived once here. A request costs one keyed hash: verdicts are remembered under
 * the HMAC of the presented credential, whose key lives and dies with this object, so neither memory nor the lookup
 * gives a password away. The set of users is fixed, so a verdict never becomes wrong.
 *
 * @throws InvalidParameter for an empty name, password or key, and for a `:` in a name or key (it separates the two)
 */
export function createAuthenticator(options: AuthOptions): Authenticator {
  const secret = randomBytes(32);
  const digest = (kind: string, text: string): Buffer =>
    createHmac("sha256", secret).update(kind).update("\0").update(text).digest();

  const users = new Map<string, { readonly salt: Buffer; readonly hash: Buffer }>();
  for (const [user, password] of Object.entries(options.users ?? {})) {
    if (user === "" || user.includes(":"))
      throw failure("InvalidParameter", { text: "auth: user names must be non-empty and without ':'" });
    if (password === "") throw failure("InvalidParameter", { text: `auth: the password of user ${user} is empty` });
    const salt = randomBytes(16);
    users.set(user, { salt, hash: scryptSync(password, salt, HASH_BYTES) });
  }
  const keys: Buffer[] = [];
  for (const key of options.apiKeys ?? []) {
    if (key === "" || key.includes(":"))
      throw failure("InvalidParameter", { text: "auth: API keys must be non-empty and without ':'" });
    keys.push(digest("key", key));
  }
  if (users.size === 0 && keys.length === 0) {
    throw failure("InvalidParameter", { text: "auth: give at least one user or API key" });
  }

  // An unknown user is checked against this, so that he takes as long as a known one.
  const nobody = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) };
  /** One at most per user. */
  const accepted = new Set<string>();
  const refused = new BoundedMap<string, true>({ entries: MAX_REMEMBERED });
  const deriving = new Map<string, Promise<boolean>>();

  const passwordIsValid = (user: string, password: string): boolean | "busy" | Promise<boolean> => {
    const id = digest("user", `${user}:${password}`).toString("base64");
    if (accepted.has(id)) return true;
    if (refused.get(id) === true) return false;
    const running = deriving.get(id);
    if (running !== undefined) return running;
    if (deriving.size >= MAX_DERIVING) return "busy";
    const expected = users.get(user) ?? nobody;
    const check = new Promise<boolean>((resolve, reject) => {
      scrypt(password, expected.salt, HASH_BYTES, (error, hash) => {
        if (error === null) resolve(timingSafeEqual(hash, expected.hash));
        else reject(error);
      });
    })
      .then((valid) => {
        if (valid) accepted.add(id);
        else refused.set(id, true);
        return valid;
      })
      .finally(() => deriving.delete(id));
    deriving.set(id, check);
    return check;
  };

  const keyIsValid = (key: string): boolean => {
    const presented = digest("key", key);
    let valid = false;
    for (const expected of keys) if (timingSafeEqual(presented, expected)) valid = true;
    return valid;
  };

  const judge = (presented: Presented): Verdict | Promise<Verdict> => {
    if (presented.kind === "key") return keyIsValid(presented.key) ? undefined : "wrong";
    const valid = passwordIsValid(presented.user, presented.password);
    if (valid === "busy") return "busy";
    if (typeof valid === "boolean") return valid ? undefined : "wrong";
    return valid.then((ok) => (ok ? undefined : "wrong"));
  };
  return {
    judge(header, rules = {}) {
      const presented = readCredential(header);
      if (presented === undefined) return "missing";
      return rules.schemeRequired === true && presented.scheme === "none" ? "missing" : judge(presented);
    },
    judgeToken(token) {
      const presented = credentialOf(token, "bearer");
      return presented === undefined ? "missing" : judge(presented);
    },
  };
}

/** `Bearer user:password`, `Bearer key`, `Basic base64`, or a bare token; undefined when there is nothing usable in it. */
function readCredential(header: string | undefined): Presented | undefined {
  if (header === undefined) return undefined;
  if (header.startsWith("Bearer ")) return credentialOf(utf8(header.slice(7)), "bearer");
  if (/^basic /i.test(header)) {
    const text = Buffer.from(header.slice(6).trim(), "base64").toString("utf8");
    return text.includes(":") ? credentialOf(text, "basic") : undefined;
  }
  return credentialOf(utf8(header), "none");
}

/** Headers are read byte by byte; clients send UTF-8, or what they mean by it. */
function utf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

function credentialOf(token: string, scheme: Scheme): Presented | undefined {
  const colon = token.indexOf(":");
  if (colon < 0) return token.trim() === "" ? undefined : { kind: "key", key: token, scheme };
  const user = token.slice(0, colon);
  const password = token.slice(colon + 1);
  return user === "" || password === "" ? undefined : { kind: "password", user, password, scheme };
}
