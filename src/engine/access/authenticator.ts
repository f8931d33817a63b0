import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { failure, isElanusError } from "../../errors.js";
import { BoundedMap } from "../../values/bounded-map.js";
import type { Caller } from "../contract/caller.js";
import type { Passwords } from "./passwords.js";
import { ROOT, type User } from "./records.js";

/** What somebody presents to be let in. */
export type Credential =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "key"; readonly key: string };

/** Who somebody is; or that his credential is wrong, or that too many passwords are being checked to tell. */
export type Verdict = Caller | "wrong" | "busy";

/** Verdicts that are remembered, of each kind. */
const MAX_REMEMBERED = 1024;

export interface AuthenticatorOptions {
  readonly apiKeys: readonly string[];
  readonly passwords: Passwords;
  /** A promise where others write the file. */
  readonly userOf: (name: string) => User | undefined | Promise<User | undefined>;
}

/**
 * Tells who calls.
 *
 * A call costs one keyed hash: verdicts are remembered under the HMAC of what was presented and of the stored password that it
 * was held against, so that a change of the password ends them. The key of the HMAC lives and dies with this object, so neither
 * memory nor the lookup gives a password away.
 */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #secret = randomBytes(32);
  readonly #keys: readonly Buffer[];
  readonly #accepted = new BoundedMap<string, Caller>({ entries: MAX_REMEMBERED });
  readonly #refused = new BoundedMap<string, true>({ entries: MAX_REMEMBERED });
  readonly #deriving = new Map<string, Promise<Verdict>>();

  /** @throws InvalidParameter for a key that can never match: `:` separates a user from his password */
  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#keys = options.apiKeys.map((key) => {
      if (key === "" || key.includes(":")) {
        throw failure("InvalidParameter", { text: "auth: API keys must be non-empty and without ':'" });
      }
      return this.#digest("key", key);
    });
  }

  /** A promise only when a password is seen for the first time, because scrypt takes its time by design, or beside a writer. */
  authenticate(credential: Credential): Verdict | Promise<Verdict> {
    if (credential.kind === "key") return this.#keyVerdict(credential.key);
    const { user: name, password } = credential;
    const user = this.#options.userOf(name);
    return user instanceof Promise
      ? user.then((found) => this.#passwordVerdict(name, password, found))
      : this.#passwordVerdict(name, password, user);
  }

  #keyVerdict(key: string): Verdict {
    const presented = this.#digest("key", key);
    let valid = false;
    for (const expected of this.#keys) if (timingSafeEqual(presented, expected)) valid = true;
    return valid ? { user: ROOT } : "wrong";
  }

  #passwordVerdict(name: string, password: string, user: User | undefined): Verdict | Promise<Verdict> {
    const id = this.#digest("user", `${user?.credential ?? ""}\0${name}\0${password}`).toString("base64");
    const caller = this.#accepted.get(id);
    if (caller !== undefined) return caller;
    if (this.#refused.get(id) === true) return "wrong";
    let verdict = this.#deriving.get(id);
    if (verdict === undefined) {
      verdict = this.#derive(id, password, user).finally(() => this.#deriving.delete(id));
      this.#deriving.set(id, verdict);
    }
    return verdict;
  }

  async #derive(id: string, password: string, user: User | undefined): Promise<Verdict> {
    try {
      const valid = await this.#options.passwords.matches(password, user?.password);
      if (!valid || user === undefined) {
        this.#refused.set(id, true);
        return "wrong";
      }
      const caller = { user: user.name, credential: user.credential };
      this.#accepted.set(id, caller);
      return caller;
    } catch (error) {
      if (isElanusError(error, "RejectedByLimiter")) return "busy";
      throw error;
    }
  }

  #digest(kind: string, text: string): Buffer {
    return createHmac("sha256", this.#secret).update(kind).update("\0").update(text).digest();
  }
}
