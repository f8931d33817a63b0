import type { Collection } from "../inspect/schema.js";
import type { About, Client } from "./client.js";
import type { Place } from "./route.js";

/** What every part of a collection's page gets. */
export interface PartProps {
  readonly client: Client;
  readonly about: About;
  readonly place: Place;
  readonly collection: Collection;
  /** The `dbName` and `collectionName` of requests. */
  readonly at: { readonly dbName: string; readonly collectionName: string };
  readonly onChanged: () => void;
}
