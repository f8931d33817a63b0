import { failure } from "../../errors.js";
import type { Access } from "./access.js";
import { credentialOf, hashNow, matchesNow } from "./passwords.js";
import { ADMIN, ROOT } from "./records.js";

/** Who may use a database over a network, and as which user. In-process calls are not asked. */
export interface AuthOptions {
  /**
   * User names with their passwords: created, or given that password, at each opening. A new one may do everything, unless
   * roles are named.
   */
  readonly users?: Readonly<Record<string, string | UserOptions>>;
  /** Each lets its holder do what `root` may. */
  readonly apiKeys?: readonly string[];
  /** Users who set passwords, their own too, without the old ones. */
  readonly superUsers?: readonly string[];
}

export interface UserOptions {
  readonly password: string;
  /** Of a new user. Default: `admin`. */
  readonly roles?: readonly string[];
}

interface Opened {
  readonly access: Access;
  readonly transaction: <T>(work: () => T) => T;
}

/**
 * Brings the users of the options into the database that is being opened; into memory alone where it cannot be written.
 *
 * @throws InvalidParameter for an empty name or password, for a `:` in a name (it separates the two), for a role that does not
 * exist, and where nobody could come in
 */
export function applyAuth({ access, transaction }: Opened, options: AuthOptions, readonly: boolean): void {
  const refuse = (text: string) => failure("InvalidParameter", { text: `auth: ${text}` });
  const wanted = Object.entries(options.users ?? {}).map(([name, given]) => {
    const { password, roles = [ADMIN] } = typeof given === "string" ? { password: given } : given;
    if (name === "" || name.includes(":")) throw refuse("user names must be non-empty and without ':'");
    if (password === "") throw refuse(`the password of user ${name} is empty`);
    const unknown = roles.find((role) => access.role(role) === undefined);
    if (unknown !== undefined) throw refuse(`there is no role ${unknown}`);
    return { name, password, roles };
  });
  const canEnter = wanted.length > 0 || (options.apiKeys ?? []).length > 0;
  if (!canEnter && access.users().every((user) => user.password === undefined)) {
    throw refuse("give at least one user or API key");
  }
  const changed = wanted.filter(({ name, password }) => !matchesNow(password, access.user(name)?.password));
  if (changed.length === 0) return;
  const hashed = changed.map((user) => ({ ...user, kept: hashNow(user.password) }));
  if (readonly) {
    for (const { name, roles, kept } of hashed) {
      const known = access.user(name) ?? { id: 0, name, description: "", roles };
      access.lend({ ...known, password: kept, credential: credentialOf(kept) });
    }
    return;
  }
  transaction(() => {
    for (const { name, roles, kept } of hashed) {
      const known = access.user(name);
      access.change((tables) => {
        if (known !== undefined) return tables.setPassword(known.id, kept);
        const id = tables.insertUser(name, kept, "");
        if (name === ROOT) return;
        for (const role of roles) tables.bind(id, access.role(role)?.id ?? 0);
      });
    }
  });
}
