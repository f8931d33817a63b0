import { useEffect, useState } from "preact/hooks";
import { type About, type Client, messageOf } from "./client.js";
import { CollectionList } from "./collection-list.js";
import { CollectionView } from "./collection-view.js";
import { Fault } from "./fault.js";
import { MemoryView } from "./memory-view.js";
import { memoryPlace, placeOf, usePlace } from "./route.js";
import { SignIn } from "./sign-in.js";
import { nextTheme, theme } from "./theme.js";
import { useAnswer } from "./use-answer.js";

/** How often the list looks whether collections came or went, while somebody looks at it. */
const LOOK_MS = 2_000;

/** The secret behind `#` in the address, which is taken out of it. */
function takeSecret(): string | undefined {
  const [, secret] = /^#secret=(.+)$/.exec(location.hash) ?? [];
  if (secret !== undefined) history.replaceState(null, "", location.pathname);
  return secret;
}

type Door = { readonly about: About; readonly open: boolean; readonly reason: string };

export function App({ client }: { readonly client: Client }) {
  const [door, setDoor] = useState<Door>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    client.onSignedOut = (reason) => setDoor((now) => now && { ...now, open: false, reason });
    const enter = async (): Promise<void> => {
      const about = await client.about();
      const secret = takeSecret();
      if (about.login !== "secret") return setDoor({ about, open: about.login === "none", reason: "" });
      const open = await client.enter(secret).catch(() => false);
      setDoor({ about, open, reason: secret === undefined ? "" : "this address has been used already" });
    };
    enter().catch(setError);
  }, [client]);
  if (error !== undefined) return <Fault text={messageOf(error)} />;
  if (door === undefined) return <p class="quiet">Looking …</p>;
  if (door.open) return <Studio client={client} about={door.about} />;
  const signIn = (user: string, password: string) => {
    client.signIn(user, password);
    client.call("databases/list").then(
      () => setDoor({ ...door, open: true, reason: "" }),
      (refused: unknown) => setDoor({ ...door, reason: messageOf(refused) }),
    );
  };
  return <SignIn about={door.about} reason={door.reason} onSignIn={signIn} />;
}

function Studio({ client, about }: { readonly client: Client; readonly about: About }) {
  const place = usePlace();
  const { database, collection } = place;
  const databases = useAnswer(() => client.call<readonly string[]>("databases/list"), []);
  const collections = useAnswer(
    (signal) => client.call<readonly string[]>("collections/list", { dbName: database }, signal),
    [database],
  );
  useEffect(() => {
    const timer = setInterval(() => document.hidden || collections.again(), LOOK_MS);
    return () => clearInterval(timer);
  }, [collections.again]);
  return (
    <>
      <header class="top">
        <a class="brand" href="#/">
          Elanus Studio
        </a>
        <label>
          Database{" "}
          <select
            value={database}
            onChange={(event) => {
              location.hash = placeOf(event.currentTarget.value);
            }}
          >
            {(databases.value ?? [database]).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span class="quiet grow">
          {about.server?.address ?? `Milvus ${about.announced}`}
          {about.writes ? "" : ", to look at only"}
        </span>
        <a href={memoryPlace(database)} aria-current={place.memory ? "page" : undefined}>
          Memory
        </a>
        <ThemeButton />
        {about.login === "password" && (
          <button type="button" onClick={() => client.signOut()}>
            Sign out
          </button>
        )}
      </header>
      <div class="body">
        <CollectionList client={client} place={place} names={collections} />
        <main>
          {place.memory ? (
            <MemoryView client={client} />
          ) : collection === undefined ? (
            <Welcome names={collections.value} />
          ) : (
            <CollectionView
              key={`${database}/${collection}`}
              client={client}
              about={about}
              place={place}
              name={collection}
              isListed={collections.value?.includes(collection) === true}
              onChanged={collections.again}
            />
          )}
        </main>
      </div>
    </>
  );
}

function Welcome({ names }: { readonly names: readonly string[] | undefined }) {
  if (names === undefined) return null;
  return names.length > 0 ? (
    <p class="quiet">Choose a collection.</p>
  ) : (
    <div class="welcome">
      <h1>Nothing here yet</h1>
      <p>This database has no collections. One is made in a line:</p>
      <pre>{'await db.collections.create({ collectionName: "book", dimension: 4 });'}</pre>
      <p class="quiet">It is shown here as soon as it is there.</p>
    </div>
  );
}

function ThemeButton() {
  const [now, setNow] = useState(theme());
  return (
    <button type="button" onClick={() => setNow(nextTheme())} aria-label={`Colours: ${now}`}>
      {{ auto: "◐ auto", light: "☀ light", dark: "☾ dark" }[now]}
    </button>
  );
}
