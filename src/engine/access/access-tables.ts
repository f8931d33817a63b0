import type { ObjectType } from "../model/privileges.js";
import type { Connection } from "../storage/driver.js";
import { prepare } from "../storage/statements.js";
import { credentialOf } from "./passwords.js";
import type { AccessPicture, Grant, PrivilegeGroup, Role, User } from "./records.js";

/** SQL of the tables about users and roles. Nothing is checked here, and nothing kept in memory. */
export interface AccessTables {
  read(): AccessPicture;
  insertUser(name: string, password: string | undefined, description: string): number;
  setPassword(userId: number, password: string): void;
  describeUser(userId: number, description: string): void;
  /** With his bindings. */
  removeUser(userId: number): void;
  insertRole(name: string, description: string): number;
  describeRole(roleId: number, description: string): void;
  /** With its bindings and grants. */
  removeRole(roleId: number): void;
  bind(userId: number, roleId: number): void;
  unbind(userId: number, roleId: number): void;
  grant(roleId: number, grant: Grant): void;
  /** Whoever granted it. */
  revoke(roleId: number, grant: Grant): void;
  insertGroup(name: string): void;
  setGroup(name: string, privileges: readonly string[]): void;
  removeGroup(name: string): void;
  /** Of all roles. */
  removeGrantsOnCollection(database: string, collection: string): void;
  moveGrantsOnCollection(from: NamedCollection, to: NamedCollection): void;
  removeGrantsInDatabase(database: string): void;
}

export interface NamedCollection {
  readonly database: string;
  readonly collection: string;
}

interface GrantRow {
  readonly role: string;
  readonly database: string;
  readonly object_type: ObjectType;
  readonly object_name: string;
  readonly privilege: string;
  readonly grantor: string;
}

export function accessTables(db: Connection): AccessTables {
  const statement = <P extends unknown[]>(sql: string) => prepare<P>(db, sql);
  const users = prepare<[], Omit<User, "roles" | "password" | "credential"> & { password: string | null }>(
    db,
    "SELECT id, name, password, description FROM users ORDER BY id",
  );
  const roles = prepare<[], Role>(db, "SELECT id, name, description FROM roles ORDER BY id");
  const bindings = prepare<[], { user_id: number; role: string }>(
    db,
    "SELECT user_id, name AS role FROM user_roles JOIN roles ON id = role_id ORDER BY role_id",
  );
  const grants = prepare<[], GrantRow>(
    db,
    `SELECT r.name AS role, database, object_type, object_name, privilege, grantor
      FROM grants g JOIN roles r ON r.id = g.role_id ORDER BY g.id`,
  );
  const groups = prepare<[], { name: string; privileges: string }>(
    db,
    "SELECT name, privileges FROM privilege_groups ORDER BY id",
  );

  const insertUser = prepare<[string, string | null, string], number>(
    db,
    "INSERT INTO users (name, password, description) VALUES (?, ?, ?) RETURNING id",
  ).pluck();
  const insertRole = prepare<[string, string], number>(
    db,
    "INSERT INTO roles (name, description) VALUES (?, ?) RETURNING id",
  ).pluck();
  const setPassword = statement<[string, number]>("UPDATE users SET password = ? WHERE id = ?");
  const describeUser = statement<[string, number]>("UPDATE users SET description = ? WHERE id = ?");
  const describeRole = statement<[string, number]>("UPDATE roles SET description = ? WHERE id = ?");
  const unbindUser = statement<[number]>("DELETE FROM user_roles WHERE user_id = ?");
  const removeUser = statement<[number]>("DELETE FROM users WHERE id = ?");
  const unbindRole = statement<[number]>("DELETE FROM user_roles WHERE role_id = ?");
  const revokeAll = statement<[number]>("DELETE FROM grants WHERE role_id = ?");
  const removeRole = statement<[number]>("DELETE FROM roles WHERE id = ?");
  const bind = statement<[number, number]>("INSERT OR IGNORE INTO user_roles (user_id, role_id) VALUES (?, ?)");
  const unbind = statement<[number, number]>("DELETE FROM user_roles WHERE user_id = ? AND role_id = ?");
  const grant = statement<[number, string, string, string, string, string]>(
    `INSERT OR IGNORE INTO grants (role_id, database, object_type, object_name, privilege, grantor)
      VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const revoke = statement<[number, string, string, string, string]>(
    `DELETE FROM grants
      WHERE role_id = ? AND database = ? AND object_type = ? AND object_name = ? AND privilege = ?`,
  );
  const insertGroup = statement<[string]>("INSERT INTO privilege_groups (name, privileges) VALUES (?, '[]')");
  const setGroup = statement<[string, string]>("UPDATE privilege_groups SET privileges = ? WHERE name = ?");
  const removeGroup = statement<[string]>("DELETE FROM privilege_groups WHERE name = ?");
  // Names of users are not meant: what is granted on one of them has an object type of its own.
  const removeOnCollection = statement<[string, string]>(
    "DELETE FROM grants WHERE database = ? AND object_name = ? AND object_type <> 'User'",
  );
  const moveOnCollection = statement<[string, string, string, string]>(
    `UPDATE OR REPLACE grants SET database = ?, object_name = ?
      WHERE database = ? AND object_name = ? AND object_type <> 'User'`,
  );
  const removeInDatabase = statement<[string]>("DELETE FROM grants WHERE database = ?");

  return {
    read() {
      const rolesOf = new Map<number, string[]>();
      for (const { user_id, role } of bindings.all()) rolesOf.set(user_id, [...(rolesOf.get(user_id) ?? []), role]);
      const grantsOf = new Map<string, Grant[]>();
      for (const row of grants.all()) {
        const { database, object_type: objectType, object_name: objectName, privilege, grantor } = row;
        const list = grantsOf.get(row.role) ?? [];
        list.push({ database, objectType, objectName, privilege, grantor });
        grantsOf.set(row.role, list);
      }
      return {
        users: byName(
          users.all().map((row) => ({
            ...row,
            password: row.password ?? undefined,
            credential: credentialOf(row.password ?? ""),
            roles: rolesOf.get(row.id) ?? [],
          })),
        ),
        roles: byName(roles.all()),
        grants: grantsOf,
        groups: byName(
          groups.all().map(
            ({ name, privileges }): PrivilegeGroup => ({
              name,
              privileges: JSON.parse(privileges) as string[],
            }),
          ),
        ),
      };
    },
    insertUser: (name, password, description) => insertUser.get(name, password ?? null, description) as number,
    setPassword: (id, password) => void setPassword.run(password, id),
    describeUser: (id, description) => void describeUser.run(description, id),
    removeUser(id) {
      unbindUser.run(id);
      removeUser.run(id);
    },
    insertRole: (name, description) => insertRole.get(name, description) as number,
    describeRole: (id, description) => void describeRole.run(description, id),
    removeRole(id) {
      unbindRole.run(id);
      revokeAll.run(id);
      removeRole.run(id);
    },
    bind: (userId, roleId) => void bind.run(userId, roleId),
    unbind: (userId, roleId) => void unbind.run(userId, roleId),
    grant: (roleId, { database, objectType, objectName, privilege, grantor }) =>
      void grant.run(roleId, database, objectType, objectName, privilege, grantor),
    revoke: (roleId, { database, objectType, objectName, privilege }) =>
      void revoke.run(roleId, database, objectType, objectName, privilege),
    insertGroup: (name) => void insertGroup.run(name),
    setGroup: (name, privileges) => void setGroup.run(JSON.stringify(privileges), name),
    removeGroup: (name) => void removeGroup.run(name),
    removeGrantsOnCollection: (database, collection) => void removeOnCollection.run(database, collection),
    moveGrantsOnCollection: (from, to) =>
      void moveOnCollection.run(to.database, to.collection, from.database, from.collection),
    removeGrantsInDatabase: (database) => void removeInDatabase.run(database),
  };
}

function byName<T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item.name, item]));
}
