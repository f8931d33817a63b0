import { useEffect, useRef, useState } from "preact/hooks";
import type { Collection } from "../inspect/schema.js";
import { Actions } from "./actions.js";
import { type About, type Client, messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { MapView } from "./map-view.js";
import type { PartProps } from "./part-props.js";
import { PartitionsView } from "./partitions-view.js";
import { RecallView } from "./recall-view.js";
import { type Place, placeOf, TABS, type Tab } from "./route.js";
import { RowsView } from "./rows-view.js";
import { SchemaView } from "./schema-view.js";
import { SearchView } from "./search-view.js";
import { useAnswer } from "./use-answer.js";

interface CollectionViewProps {
  readonly client: Client;
  readonly about: About;
  readonly place: Place;
  readonly name: string;
  /** It is in the list, which is read now and then. */
  readonly isListed: boolean;
  readonly onChanged: () => void;
}

const TITLES: Readonly<Record<Tab, string>> = {
  rows: "Rows",
  search: "Search",
  schema: "Schema",
  partitions: "Partitions",
  map: "Map",
  recall: "Recall",
};

const PARTS: Readonly<Record<Tab, (props: PartProps) => preact.JSX.Element>> = {
  rows: RowsView,
  search: SearchView,
  schema: SchemaView,
  partitions: PartitionsView,
  map: MapView,
  recall: RecallView,
};

export function CollectionView({ client, about, place, name, isListed, onChanged }: CollectionViewProps) {
  const at = { dbName: place.database, collectionName: name };
  const [change, setChange] = useState(0);
  const { value: collection, error } = useAnswer(
    (signal) => client.call<Collection>("collections/describe", at, signal),
    [change, isListed],
  );
  const wasListed = useRef(false);
  wasListed.current ||= isListed;
  useEffect(() => {
    document.title = `${name} - Elanus Studio`;
  }, [name]);
  const changed = () => {
    setChange((n) => n + 1);
    onChanged();
  };
  if (wasListed.current && !isListed)
    return <Fault text={`${name} is not there any more: it was dropped or renamed.`} />;
  if (error !== undefined) return <Fault text={messageOf(error)} />;
  if (collection === undefined) return <p class="quiet">Looking …</p>;
  const Part = PARTS[place.tab];
  return (
    <>
      <div class="title">
        <h1>{name}</h1>
        <span class="quiet grow">{collection.description}</span>
        {about.writes && <Actions client={client} at={at} load={collection.load} onDone={changed} />}
      </div>
      <nav class="tabs" aria-label="Parts of the collection">
        {TABS.map((tab) => (
          <a key={tab} href={placeOf(at.dbName, name, tab)} aria-current={tab === place.tab ? "page" : undefined}>
            {TITLES[tab]}
          </a>
        ))}
      </nav>
      <Part
        key={place.tab}
        client={client}
        about={about}
        place={place}
        collection={collection}
        at={at}
        onChanged={changed}
      />
    </>
  );
}
