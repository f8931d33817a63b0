import { createHash, randomBytes, scrypt, scryptSync, timingSafeEqual } from "node:crypto";
import { failure } from "../../errors.js";

const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Slow hashes that may wait at one time. */
const MAX_WAITING = 64;
/** In front of a hash of ours; others (of a backup of a server) are kept, and match nothing. */
const KIND = "scrypt";

/** Of a user that does not exist, or has no password: he takes as long as another one. */
const NOBODY = stored(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

/** Passwords as they are kept: slow to try, salted. So many wait at one time, and no more. */
export class Passwords {
  #waiting = 0;

  /** What is kept of a password. @throws RejectedByLimiter when too many are being hashed */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return stored(salt, await this.#derive(password, salt));
  }

  /** @param kept undefined: no password is right. @throws RejectedByLimiter */
  async matches(password: string, kept: string | undefined): Promise<boolean> {
    const read = parse(kept) ?? (parse(NOBODY) as Kept);
    const hash = await this.#derive(password, read.salt);
    return timingSafeEqual(hash, read.hash);
  }

  #derive(password: string, salt: Buffer): Promise<Buffer> {
    if (this.#waiting >= MAX_WAITING) {
      return Promise.reject(failure("RejectedByLimiter", { detail: "too many passwords are being checked" }));
    }
    this.#waiting++;
    return new Promise<Buffer>((resolve, reject) => {
      scrypt(inputOf(password), salt, HASH_BYTES, (error, hash) => {
        this.#waiting--;
        // Null on Node, undefined on Bun.
        if (error) reject(error);
        else resolve(hash);
      });
    });
  }
}

/** The same while a database is being opened: nothing else waits for this thread then. */
export function hashNow(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  return stored(salt, scryptSync(inputOf(password), salt, HASH_BYTES));
}

export function matchesNow(password: string, kept: string | undefined): boolean {
  const read = parse(kept);
  return read !== undefined && timingSafeEqual(scryptSync(inputOf(password), read.salt, HASH_BYTES), read.hash);
}

/** scrypt does not see zeros at the end of what it is given: of a password that ends in one, the digest stands for it. */
function inputOf(password: string): string | Buffer {
  return password.endsWith("\0") ? createHash("sha512").update(password).digest() : password;
}

/** Tells a kept password from every other one: each has a salt of its own. */
export function credentialOf(kept: string): string {
  return createHash("sha256").update(kept).digest("base64");
}

interface Kept {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

function stored(salt: Buffer, hash: Buffer): string {
  return [KIND, salt.toString("base64"), hash.toString("base64")].join(":");
}

/** Undefined for what is no hash of ours. */
function parse(kept: string | undefined): Kept | undefined {
  const [kind, salt = "", hash = ""] = kept?.split(":") ?? [];
  if (kind !== KIND) return undefined;
  const read = { salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
  return read.salt.length === SALT_BYTES && read.hash.length === HASH_BYTES ? read : undefined;
}
