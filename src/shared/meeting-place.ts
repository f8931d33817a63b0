import { createHash, randomBytes } from "node:crypto";
import { closeSync, lstatSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failure } from "../errors.js";

/** Where the processes that share a file meet. */
export interface MeetingPlace {
  /** A socket, on Windows a named pipe. */
  readonly address: string;
  /** What its owner proves who he is by, and who comes to him. */
  readonly secretFile: string;
}

/** Longer names of sockets are cut in silence on some systems. */
const MOST_ADDRESS_BYTES = 100;
const SECRET_BYTES = 32;

/**
 * The same from wherever and under whatever name the file is opened.
 *
 * @param identity device and number of the file
 * @throws ShareRefused where the folder for it is not of this user alone
 */
export function meetingPlace(identity: string): MeetingPlace {
  const name = createHash("sha256").update(identity).digest("hex").slice(0, 32);
  const folder = ownFolder();
  const address = process.platform === "win32" ? `\\\\.\\pipe\\elanus-${name}` : join(folder, name);
  if (Buffer.byteLength(address) > MOST_ADDRESS_BYTES) {
    throw failure("ShareRefused", { reason: `the name of the socket, ${address}, is too long` });
  }
  return { address, secretFile: join(folder, `${name}.secret`) };
}

/** Not by the environment, which may differ from process to process of one user. */
function ownFolder(): string {
  const user = process.getuid?.();
  if (user === undefined) return privateFolder(join(tmpdir(), "elanus-shared"));
  try {
    return privateFolder(`/tmp/elanus-${user}`, user);
  } catch (error) {
    if (!["EACCES", "EROFS", "ENOENT", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return privateFolder(join(tmpdir(), `elanus-${user}`), user);
  }
}

/**
 * The folder, which is made where there is none.
 *
 * @param user whose it must be, where the system knows users; nobody else may look into it
 * @throws ShareRefused where it is another's, or others may
 */
export function privateFolder(folder: string, user?: number): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const isOwn = user === undefined || (stat.uid === user && (stat.mode & 0o077) === 0);
  if (isOwn && stat.isDirectory()) return folder;
  throw failure("ShareRefused", {
    reason: `${folder}, where the processes of this user meet, must be a folder that only this user can use (mode 0700)`,
  });
}

/** A new secret, which only this user can read. */
export function leaveSecret({ secretFile }: MeetingPlace): Buffer {
  const secret = randomBytes(SECRET_BYTES);
  rmSync(secretFile, { force: true });
  const file = openSync(secretFile, "wx", 0o600);
  try {
    writeSync(file, secret);
  } finally {
    closeSync(file);
  }
  return secret;
}

/** Takes it away, where it is this one still. */
export function removeSecret(place: MeetingPlace, secret: Buffer): void {
  if (readSecret(place)?.equals(secret) === true) rmSync(place.secretFile, { force: true });
}

/** Undefined where nobody has left one, or not yet. */
export function readSecret({ secretFile }: MeetingPlace): Buffer | undefined {
  try {
    const secret = readFileSync(secretFile);
    return secret.length === SECRET_BYTES ? secret : undefined;
  } catch {
    return undefined;
  }
}
