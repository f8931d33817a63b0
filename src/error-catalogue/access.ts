import { entry, invalid, plain } from "./entry.js";

/** Users, roles and privileges: what is wrong with one, and what nobody may do. */
export const accessErrors = {
  /** No credentials, or wrong ones, where `auth` asks for them. */
  NotAuthenticated: entry<void>(1800, () => "user hasn't authenticated"),
  /** The user lacks the privilege that the operation needs. */
  PermissionDenied: entry<{ privilege: string; user: string; database: string }>(
    65535,
    (d) => `Privilege${d.privilege}: permission deny to ${d.user} in the \`${d.database}\` database`,
    { legacy: 3 },
  ),
  /** A collection on which no role of the user has anything: whether it exists is not told either. */
  CollectionHidden: entry<{ collection: string }>(
    1401,
    (d) => `not allowed to access collection, collection name: ${d.collection}: privilege not permitted`,
  ),
  /** A database in which no role of the user has anything. */
  DatabaseHidden: entry<{ database: string }>(
    1401,
    (d) => `not allowed to access database, db name: ${d.database}: privilege not permitted`,
  ),

  /** A name that no user can have; `rule` says why. */
  UserNameInvalid: invalid<{ rule: string }>((d) => d.rule),
  /** A role, an object, a type of objects or a privilege whose name cannot be one; the text says why. */
  AccessNameInvalid: entry<{ text: string }>(1100, (d) => d.text, { legacy: 5 }),
  /** Passwords have 6 to 72 bytes. */
  PasswordLength: entry<{ length: number; least: number; most: number }>(
    1100,
    (d) => `invalid password length: invalid parameter[${d.length} out of range ${d.least} <= value <= ${d.most}]`,
    { legacy: 5 },
  ),
  /** Over gRPC and on port 9091 passwords are base64. */
  PasswordUnreadable: invalid<void>(() => "decode password fail: illegal base64 data"),
  /** `what`: user, role. */
  DescriptionTooLong: invalid<{ what: string; length: number; limit: number }>(
    (d) =>
      `invalid ${d.what} description with length ${d.length}, the length of ${d.what} description must be less than or equal to ${d.limit}`,
  ),
  /** A change of a user that changes nothing. */
  UserUpdateEmpty: invalid<void>(() => "must update either password or description"),
  /** The old password is wrong, or there is no such user: which of them is not told. */
  OldPasswordWrong: entry<{ user: string }>(1400, (d) => `old password not correct for ${d.user}: not authenticated`),
  /** There is a user of this name already. */
  UserExists: plain<{ user: string }>((d) => `user already exists: ${d.user}`),
  /** There is no user of this name. */
  UserNotFound: plain<{ user: string }>(
    () => "not found the user, maybe the user isn't existed or internal system error",
    (d) => `user "${d.user}" not found`,
  ),
  /** No more users can be made. */
  UserLimit: entry<void>(65535, () => "unable to add user because the number of users has reached the limit", {
    head: 9,
  }),
  /** The user `root` stays. */
  RootUserDrop: entry<void>(1401, () => "root user cannot be deleted: privilege not permitted"),

  /** There is a role of this name already. */
  RoleExists: plain<{ role: string }>((d) => `role [name:"${d.role}"] already exists`),
  /** There is no role of this name. */
  RoleNotFound: plain<void>(() => "not found the role, maybe the role isn't existed or internal system error"),
  /** There is no role of this name to grant something to, or to ask for its grants. */
  GrantRoleNotFound: plain<{ role: string }>(
    () => "not found the role, maybe the role isn't existed or internal system error",
    (d) => `the role "${d.role}" does not exist`,
  ),
  /** No more roles can be made. */
  RoleLimit: entry<void>(65535, () => "unable to create role because the number of roles has reached the limit", {
    head: 9,
  }),
  /** The roles `admin` and `public` stay as they are. `action`: dropped, altered. */
  DefaultRole: entry<{ role: string; action: string }>(
    1401,
    (d) => `the role[${d.role}] is a default role, which can't be ${d.action}: privilege not permitted`,
  ),
  /** A role is dropped after its grants. */
  RoleHasGrants: plain<void>(() => "fail to drop the role that it has privileges. Use REVOKE API to revoke privileges"),

  /** Privileges are on one of three types of objects: Collection, Global, User. */
  ObjectTypeUnknown: plain<void>(() => "the object entity in the request is nil or invalid"),
  /** There is no privilege of this name, or none on this type of objects. */
  PrivilegeNotFound: plain<{ privilege: string; object?: string }>(
    (d) => `not found the privilege name[${d.privilege}]${d.object === undefined ? "" : ` in object[${d.object}]`}`,
  ),
  /** The older way of granting takes no groups. `kind`: custom, built-in. */
  PrivilegeGroupNotGrantable: plain<{ kind: string; group: string }>(
    (d) => `can not operate the ${d.kind} privilege group [${d.group}]`,
  ),
  /** A group of privileges is granted as wide as its level; `rule` says how. */
  PrivilegeLevel: invalid<{ rule: string; group: string }>((d) => `${d.rule}: ${d.group}`),

  /** A name that no privilege group can have; `rule` says why. */
  PrivilegeGroupNameInvalid: entry<{ rule: string; front?: string }>(
    1402,
    (d) => `${d.front === undefined ? "" : `${d.front}: `}invalid privilege group name[privilegeGroup=${d.rule}]`,
  ),
  /** There is a privilege group of this name already. */
  PrivilegeGroupExists: plain<{ group: string }>((d) => `privilege group name [${d.group}] is defined by users`),
  /** The name belongs to a group that is always there. */
  PrivilegeGroupBuiltIn: plain<{ group: string }>(
    (d) => `privilege group name [${d.group}] is defined by built in privileges or privilege groups in system`,
  ),
  /** There is no privilege group of this name. */
  PrivilegeGroupNotFound: invalid<{ group: string }>(
    (d) => `there is no privilege group name [${d.group}] defined in system to operate`,
  ),
  /** A privilege group is dropped after it has been revoked from all roles. */
  PrivilegeGroupInUse: plain<{ group: string; role: string }>(
    (d) => `privilege group [${d.group}] is used by role [${d.role}], Use REVOKE API to revoke it first`,
  ),
  /** A change of a privilege group names no privilege. */
  PrivilegeGroupChangeEmpty: plain<void>(() => "privileges is empty when alter the privilege group"),
  /** A privilege group is to hold what is no privilege. */
  PrivilegeGroupMemberUnknown: plain<{ privilege: string }>(
    (d) => `there is no privilege name or privilege group name [${d.privilege}] defined in system to operate`,
  ),
  /** The privileges of a group are all of one level: of the cluster, of a database, of a collection. */
  PrivilegeGroupLevels: plain<void>(() => "privileges are not the same privilege level"),
  /** A backup is restored beside what is there, not over it. `what`: role, privilege group, user. */
  RestoreExists: plain<{ what: string; name: string }>((d) => `${d.what} [${d.name}] already exists`),
  /** A backup names what neither it nor the database has. `what`: privilege, role. */
  RestoreMissing: plain<{ what: string; name: string }>((d) => `${d.what} [${d.name}] does not exist`),
} as const;
