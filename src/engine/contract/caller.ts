/** On whose behalf a call is made over a network, or through `db.as`. Calls in process have no caller: they may do everything. */
export interface Caller {
  readonly user: string;
  /** Tells this password of the user from every other one; undefined for an API key, which may do what `root` may. */
  readonly credential?: string;
  /** The database of the connection (gRPC), in which operations about databases and roles are asked for their privilege. */
  readonly connection?: string;
}

/** The names in a request that say what it is about, so that it can be told whether a caller may make it. */
export interface NamedObjects {
  readonly dbName?: string;
  readonly collectionName?: string;
  readonly collectionNames?: readonly string[];
  readonly collectionID?: number;
  readonly sourceCollectionName?: string;
  readonly userName?: string;
  readonly roleName?: string;
}

/** The collections that a request of one or several is on: those of its list, or of an empty list the one that it names. */
export function namedCollections({
  collectionName = "",
  collectionNames = [],
}: Pick<NamedObjects, "collectionName" | "collectionNames">): readonly string[] {
  return collectionNames.length > 0 ? collectionNames : [collectionName];
}
