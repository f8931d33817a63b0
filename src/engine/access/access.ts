import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import { type AccessTables, accessTables, type NamedCollection } from "./access-tables.js";
import type { AccessPicture, Grant, PrivilegeGroup, Role, User } from "./records.js";
import { Rights } from "./rights.js";

/** What changes users, roles and grants; nothing is checked (operations do). Call it inside `ctx.transaction`. */
export type AccessChanges = Omit<AccessTables, "read">;

/**
 * Users, roles, what is granted to them, and groups of privileges: kept in SQLite, read into memory as a whole when somebody
 * asks, and anew after each change. There are few of them, and they change rarely.
 */
export class Access {
  readonly #superUsers: ReadonlySet<string>;
  readonly #tables: AccessTables;
  /** Readers beside this writer read them anew. */
  readonly #tellReaders: () => void;
  /** Passwords that the application has given for this opening alone: of a database that is open read-only. */
  readonly #lent = new Map<string, User>();
  #known: AccessPicture | undefined;
  #rights: Rights | undefined;

  /** @param superUsers those who may set passwords without the old ones */
  constructor(db: Connection, superUsers: readonly string[] = []) {
    this.#superUsers = new Set(superUsers);
    this.#tables = accessTables(db);
    const tell = prepare<[]>(db, "UPDATE counters SET value = value + 1 WHERE name = 'catalogue'");
    this.#tellReaders = () => void tell.run();
  }

  get #picture(): AccessPicture {
    this.#known ??= this.#tables.read();
    return this.#known;
  }

  users(): readonly User[] {
    const { users } = this.#picture;
    if (this.#lent.size === 0) return [...users.values()];
    return [...new Map([...users, ...this.#lent]).values()];
  }

  user(name: string): User | undefined {
    return this.#lent.get(name) ?? this.#picture.users.get(name);
  }

  roles(): readonly Role[] {
    return [...this.#picture.roles.values()];
  }

  role(name: string): Role | undefined {
    return this.#picture.roles.get(name);
  }

  /** In the order in which they were granted. */
  grantsOf(role: string): readonly Grant[] {
    return this.#picture.grants.get(role) ?? [];
  }

  /** How much is granted, to all roles together. */
  get grants(): number {
    let count = 0;
    for (const { length } of this.#picture.grants.values()) count += length;
    return count;
  }

  /** Those that users have made. */
  groups(): readonly PrivilegeGroup[] {
    return [...this.#picture.groups.values()];
  }

  group(name: string): PrivilegeGroup | undefined {
    return this.#picture.groups.get(name);
  }

  /** What roles may do. */
  get rights(): Rights {
    this.#rights ??= new Rights(this.#picture);
    return this.#rights;
  }

  /** Changes something; what is in memory is read anew. @returns what `work` gives */
  change<T>(work: (tables: AccessChanges) => T): T {
    try {
      this.#tellReaders();
      return work(this.#tables);
    } finally {
      this.reload();
    }
  }

  /** What is granted on a collection goes with it. Call it inside a transaction, as the next two. */
  collectionDropped({ database, collection }: NamedCollection): void {
    if (this.#isGranted((grant) => grant.database === database && grant.objectName === collection)) {
      this.change((tables) => tables.removeGrantsOnCollection(database, collection));
    }
  }

  /** What is granted on a collection follows it. */
  collectionRenamed(from: NamedCollection, to: NamedCollection): void {
    if (this.#isGranted((grant) => grant.database === from.database && grant.objectName === from.collection)) {
      this.change((tables) => tables.moveGrantsOnCollection(from, to));
    }
  }

  databaseDropped(database: string): void {
    if (this.#isGranted((grant) => grant.database === database)) {
      this.change((tables) => tables.removeGrantsInDatabase(database));
    }
  }

  #isGranted(is: (grant: Grant) => boolean): boolean {
    for (const grants of this.#picture.grants.values()) if (grants.some(is)) return true;
    return false;
  }

  /** Whether a user may set passwords without the old ones. */
  isSuperUser(name: string): boolean {
    return this.#superUsers.has(name);
  }

  /** A user with a password for as long as this database is open. */
  lend(user: User): void {
    this.#lent.set(user.name, user);
  }

  /** Forgets what is in memory (after a rollback, or a change in another process). */
  reload(): void {
    this.#known = undefined;
    this.#rights = undefined;
  }
}
