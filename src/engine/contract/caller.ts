/** On whose behalf a call is made over a network, or through `db.as`. Calls in process have no caller: they may do everything. */
export interface Caller {
  readonly user: string;
  /** Tells this password of the user from every other one; undefined for an API key, which may do what `root` may. */
  readonly credential?: string;
  /** The database of the connection (gRPC), in which operations about databases and roles are asked for their privilege. */
  readonly connection?: string;
}
