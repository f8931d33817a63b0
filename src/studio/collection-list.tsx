import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { countText } from "../inspect/values.js";
import { type Client, messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { type Place, placeOf } from "./route.js";
import { type Answer, useAnswer } from "./use-answer.js";

interface CollectionListProps {
  readonly client: Client;
  readonly place: Place;
  readonly names: Answer<readonly string[]>;
}

export function CollectionList({ client, place, names }: CollectionListProps) {
  const listed = JSON.stringify(names.value);
  return (
    <nav class="collections" aria-label="Collections">
      {names.error !== undefined && <Fault text={messageOf(names.error)} />}
      <ul>
        {names.value?.map((name) => (
          <li key={name}>
            <a
              href={placeOf(place.database, name, place.tab)}
              aria-current={name === place.collection ? "page" : undefined}
            >
              <span class="name">{name}</span>
              <State
                client={client}
                database={place.database}
                name={name}
                stamp={name === place.collection ? names.value : listed}
              />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface StateProps {
  readonly client: Client;
  readonly database: string;
  readonly name: string;
  /** Another one when it is time to look again: of the collection that is shown each time that the list was read. */
  readonly stamp: unknown;
}

interface LoadState {
  readonly loadState: string;
  readonly loadProgress?: number;
}

/** Whether an element has come into sight: of thousands of collections only those are asked about that somebody sees. */
function useSeen(): readonly [RefObject<HTMLSpanElement>, boolean] {
  const place = useRef<HTMLSpanElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
    );
    if (place.current !== null) watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return [place, seen];
}

/** Whether it is loaded, and how many rows it has. */
function State({ client, database, name, stamp }: StateProps) {
  const asked = { dbName: database, collectionName: name };
  const [place, seen] = useSeen();
  const { value } = useAnswer(
    async (signal) =>
      seen &&
      Promise.all([
        client.call<LoadState>("collections/get_load_state", asked, signal),
        client.call<{ readonly rowCount: number }>("collections/get_stats", asked, signal),
      ]),
    [database, name, stamp, seen],
  );
  if (!value) return <span ref={place} class="state" />;
  const [{ loadState, loadProgress }, { rowCount }] = value;
  const said =
    loadState === "LoadStateLoaded"
      ? "loaded"
      : loadState === "LoadStateLoading"
        ? `loading ${loadProgress ?? 0} %`
        : "not loaded";
  return (
    <span class={`state ${loadState}`}>
      {countText(rowCount, "row")}, {said}
    </span>
  );
}
