import { failure } from "../../errors.js";
import { MAX_DESCRIPTION_BYTES, MAX_NAME_LENGTH, MAX_USER_NAME_BYTES, PASSWORD_BYTES } from "./limits.js";
import { ANY } from "./privileges.js";

/** The first character that no such name may have, and where it stands. */
function badCharacter(name: string, allowed: RegExp): { readonly text: string; readonly at: number } | undefined {
  const characters = [...name];
  const at = characters.findIndex((character) => !allowed.test(character));
  return at < 0 ? undefined : { text: characters[at] as string, at };
}

/**
 * Checks the name of a user and gives it without surrounding spaces.
 *
 * @throws UserNameInvalid
 */
export function checkUserName(given: string): string {
  const name = given.trim();
  const refuse = (rule: string) => failure("UserNameInvalid", { rule });
  if (name === "") throw refuse("username must be not empty");
  const length = Buffer.byteLength(name);
  if (length > MAX_USER_NAME_BYTES) {
    throw refuse(
      `invalid username ${name} with length ${length}, the length of username must be less than ${MAX_USER_NAME_BYTES}`,
    );
  }
  const [first = ""] = name;
  if (!/[A-Za-z]/.test(first)) {
    throw refuse(`invalid user name ${name}, the first character must be a letter, but got ${first}`);
  }
  const bad = badCharacter(name, /[A-Za-z0-9_.-]/);
  if (bad !== undefined) {
    // The server's own misprint.
    const printed = `%!s(uint8=${Buffer.from(bad.text)[0]})`;
    throw refuse(
      `invalid user name ${name}, username must contain only numbers, letters, underscores, dots, and hyphens, but got ${printed}`,
    );
  }
  return name;
}

/** @throws PasswordLength */
export function checkPassword(password: string): void {
  const length = Buffer.byteLength(password);
  const { least, most } = PASSWORD_BYTES;
  if (length < least || length > most) throw failure("PasswordLength", { length, least, most });
}

/** @throws DescriptionTooLong */
export function checkDescription(what: "user" | "role", text: string): void {
  const length = Buffer.byteLength(text);
  if (length > MAX_DESCRIPTION_BYTES) {
    throw failure("DescriptionTooLong", { what, length, limit: MAX_DESCRIPTION_BYTES });
  }
}

/**
 * Checks one of the names in a grant and gives it without surrounding spaces.
 *
 * @param what as the texts have it: `role name`, `object name`, `ObjectType`
 * @throws AccessNameInvalid
 */
function checkGrantName(what: string, given: string): string {
  const name = given.trim();
  const refuse = (text: string) => failure("AccessNameInvalid", { text });
  if (name === "") {
    throw refuse(`${what} should be not empty: invalid parameter[expected=not empty][actual=]`);
  }
  const length = Buffer.byteLength(name);
  if (length > MAX_NAME_LENGTH) {
    throw refuse(
      `the length of ${what} must be not greater than limit: invalid parameter[${length} out of range 0 <= value <= ${MAX_NAME_LENGTH}]`,
    );
  }
  if (!/^[A-Za-z_]/.test(name)) {
    const [first] = Buffer.from(name);
    throw refuse(
      `the first character of ${what} must be an underscore or letter: invalid parameter[expected=95][actual=${first}]`,
    );
  }
  const bad = badCharacter(name, /[A-Za-z0-9_$]/);
  if (bad !== undefined) {
    throw refuse(
      `${what} can only contain numbers, letters, underscores, and allowed characters ($), found ${bad.text} at ${bad.at}: invalid parameter`,
    );
  }
  return name;
}

/** @throws AccessNameInvalid */
export function checkRoleName(given: string): string {
  return checkGrantName("role name", given);
}

/** @throws AccessNameInvalid */
export function checkObjectType(given: string): string {
  return checkGrantName("ObjectType", given);
}

/** What a grant may leave open with `*`. @throws AccessNameInvalid */
export function checkGrantTarget(
  what: "object name" | "Privilege" | "collection name" | "database name",
  given: string,
): string {
  return given.trim() === ANY ? ANY : checkGrantName(what, given);
}

/**
 * Checks the name of a privilege group and gives it without surrounding spaces.
 *
 * @throws PrivilegeGroupNameInvalid, AccessNameInvalid
 */
export function checkPrivilegeGroupName(given: string): string {
  const name = given.trim();
  if (name === "") {
    throw failure("PrivilegeGroupNameInvalid", { rule: "privilege group name should not be empty" });
  }
  if (Buffer.byteLength(name) > MAX_NAME_LENGTH) {
    throw failure("PrivilegeGroupNameInvalid", {
      front: `${name}->${MAX_NAME_LENGTH}`,
      // The server does not fill its own text in.
      rule: "the length of a privilege group name %s must be less than %s characters",
    });
  }
  if (!/^[A-Za-z_]/.test(name)) {
    throw failure("PrivilegeGroupNameInvalid", {
      front: name,
      rule: "the first character of a privilege group name %s must be an underscore or letter",
    });
  }
  if (!/^[A-Za-z0-9_]*$/.test(name)) {
    throw failure("AccessNameInvalid", {
      text: `privilege group name ${name} can only contain numbers, letters and underscores: invalid parameter`,
    });
  }
  return name;
}
