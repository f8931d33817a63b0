import { ALL, ANY, BUILT_IN_GROUPS, builtInMembers, type ObjectType, objectTypeOf } from "../model/privileges.js";
import { type AccessPicture, ADMIN, type Grant, PUBLIC, type User } from "./records.js";

/** One privilege on something in a database. */
export interface Wanted {
  readonly objectType: ObjectType;
  readonly privilege: string;
  /** `*` for Global. */
  readonly objectName: string;
  readonly database: string;
}

interface Place {
  readonly database: string;
  readonly objectName: string;
}

/** What the roles may do, with groups taken apart, ready to be asked. */
export class Rights {
  readonly #picture: AccessPicture;
  /** By role, then by object type and privilege: where. */
  readonly #byRole = new Map<string, ReadonlyMap<string, readonly Place[]>>();

  constructor(picture: AccessPicture) {
    this.#picture = picture;
  }

  /** Whether a user may do all of these: by one of his roles, or by what everybody may. */
  permits(user: User, wanted: readonly Wanted[]): boolean {
    return [...user.roles, PUBLIC].some((role) => wanted.every((each) => this.#permitsRole(role, each)));
  }

  /** Whether a user sees a collection: a role of his own has something on it. */
  seesCollection(user: User, database: string, collection: string): boolean {
    return user.roles.some(
      (role) =>
        role === ADMIN ||
        this.#grants(role).some(
          (grant) =>
            covers(grant.database, database) &&
            (grant.privilege === ALL || (covers(grant.objectName, collection) && this.#isOfCollections(grant))),
        ),
    );
  }

  /** Whether a user sees a database: a role of his own has anything there. */
  seesDatabase(user: User, database: string): boolean {
    return user.roles.some(
      (role) => role === ADMIN || this.#grants(role).some((grant) => covers(grant.database, database)),
    );
  }

  #grants(role: string): readonly Grant[] {
    return this.#picture.grants.get(role) ?? [];
  }

  #isOfCollections({ objectType, privilege }: Grant): boolean {
    if (objectType === "Collection") return true;
    return BUILT_IN_GROUPS.get(privilege)?.level === "Collection" || this.#picture.groups.has(privilege);
  }

  #permitsRole(role: string, { objectType, privilege, objectName, database }: Wanted): boolean {
    if (role === ADMIN) return true;
    const places = this.#placesOf(role);
    const within = (found: readonly Place[] | undefined): boolean =>
      found?.some((place) => covers(place.database, database) && covers(place.objectName, objectName)) === true;
    return within(places.get(keyOf(objectType, privilege))) || within(places.get(keyOf(objectType, ANY)));
  }

  #placesOf(role: string): ReadonlyMap<string, readonly Place[]> {
    let places = this.#byRole.get(role);
    if (places === undefined) {
      places = this.#takeApart(this.#grants(role));
      this.#byRole.set(role, places);
    }
    return places;
  }

  #takeApart(grants: readonly Grant[]): ReadonlyMap<string, readonly Place[]> {
    const places = new Map<string, Place[]>();
    const add = (objectType: ObjectType, privilege: string, place: Place): void => {
      const key = keyOf(objectType, privilege);
      const list = places.get(key);
      if (list === undefined) places.set(key, [place]);
      else list.push(place);
    };
    for (const { database, objectType, objectName, privilege } of grants) {
      const everything = { database, objectName: ANY };
      if (privilege === ALL) {
        for (const type of ["Collection", "Global", "User"] as const) add(type, ANY, everything);
        continue;
      }
      const members = builtInMembers(privilege) ?? this.#picture.groups.get(privilege)?.privileges;
      if (members === undefined) {
        add(objectType, privilege, { database, objectName });
        continue;
      }
      for (const member of members) {
        // A group inside of a group permits nothing.
        const type = builtInMembers(member) === undefined ? objectTypeOf(member) : undefined;
        if (type !== undefined) add(type, member, type === "Global" ? everything : { database, objectName });
      }
    }
    return places;
  }
}

function keyOf(objectType: ObjectType, privilege: string): string {
  return `${objectType}/${privilege}`;
}

/** Whether a name in a grant stands for this one; `*` is a wildcard as the whole name only. */
function covers(granted: string, name: string): boolean {
  return granted === ANY || granted === name;
}
