import { useState } from "preact/hooks";
import { type Client, messageOf } from "./client.js";
import { Dialog } from "./dialog.js";
import { Fault } from "./fault.js";

interface ActionProps {
  readonly client: Client;
  readonly title: string;
  /** The operation, and its request. */
  readonly path: string;
  readonly request: object;
  /** What is asked before it is done; absent: nothing is lost by it. */
  readonly warning?: string;
  readonly disabled?: boolean;
  readonly onDone: () => void;
}

/** A button that changes something, asks first where something would be lost, and shows what the rules say against it. */
export function Action({ client, title, path, request, warning, disabled = false, onDone }: ActionProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const run = () => {
    setAsking(false);
    setBusy(true);
    client
      .call(path, request)
      .then(onDone, (error: unknown) => setRefusal(messageOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button
        type="button"
        class={warning === undefined ? "" : "danger"}
        disabled={busy || disabled}
        onClick={() => (warning === undefined ? run() : setAsking(true))}
      >
        {busy ? `${title} …` : title}
      </button>
      {asking && (
        <Dialog title={`${title}?`} onClose={() => setAsking(false)}>
          <p>{warning}</p>
          <p class="buttons">
            <button type="button" class="danger" onClick={run}>
              {title}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Leave it
            </button>
          </p>
        </Dialog>
      )}
      {refusal !== "" && (
        <Dialog title={`${title} was refused`} onClose={() => setRefusal("")}>
          <Fault text={refusal} />
        </Dialog>
      )}
    </>
  );
}

interface ActionsProps {
  readonly client: Client;
  readonly at: { readonly dbName: string; readonly collectionName: string };
  readonly load: string;
  readonly onDone: () => void;
}

/** What can be done with a collection as a whole. */
export function Actions({ client, at, load, onDone }: ActionsProps) {
  const shared = { client, request: at, onDone };
  const dropped = () => {
    location.hash = `#/${encodeURIComponent(at.dbName)}`;
    onDone();
  };
  return (
    <span class="buttons">
      {load === "LoadStateNotLoad" ? (
        <Action {...shared} title="Load" path="collections/load" />
      ) : (
        <Action {...shared} title="Release" path="collections/release" />
      )}
      <Action {...shared} title="Flush" path="collections/flush" />
      <Action
        {...shared}
        title="Drop"
        path="collections/drop"
        warning={`${at.collectionName} and all of its rows will be gone for good.`}
        onDone={dropped}
      />
    </span>
  );
}
