import type { ObjectType } from "../model/privileges.js";

/** The user who may do everything. */
export const ROOT = "root";
/** The role that may do everything. */
export const ADMIN = "admin";
/** The role that everybody has. */
export const PUBLIC = "public";

export interface User {
  readonly id: number;
  readonly name: string;
  /** Undefined: nobody is this user over a network. */
  readonly password: string | undefined;
  /** Tells this password of his from every other one, and does not give it away. */
  readonly credential: string;
  readonly description: string;
  /** In order of their creation; without `public`. */
  readonly roles: readonly string[];
}

export interface Role {
  readonly id: number;
  readonly name: string;
  readonly description: string;
}

/** What a role may do with which objects. */
export interface Grant {
  /** `*`: of all databases. */
  readonly database: string;
  readonly objectType: ObjectType;
  /** `*`: all of them. */
  readonly objectName: string;
  /** Or the name of a group of them. */
  readonly privilege: string;
  readonly grantor: string;
}

export interface PrivilegeGroup {
  readonly name: string;
  readonly privileges: readonly string[];
}

/** All that is known of users and roles, read at one time. */
export interface AccessPicture {
  /** In order of creation, as all of these. */
  readonly users: ReadonlyMap<string, User>;
  readonly roles: ReadonlyMap<string, Role>;
  /** By role. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly groups: ReadonlyMap<string, PrivilegeGroup>;
}
