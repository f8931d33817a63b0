import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countText } from "../inspect/values.js";
import { type Client, messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { useAnswer } from "./use-answer.js";

interface FilterBoxProps {
  readonly client: Client;
  readonly at: { readonly dbName: string; readonly collectionName: string };
  /** Called with what is typed, and once more when it has turned out to be right. */
  readonly onFilter: (filter: string, right: boolean) => void;
  /** Another one each time that the rows have changed. */
  readonly stamp?: unknown;
}

type Tried = { readonly count: number } | { readonly fault: FilterFault };
interface FilterFault {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** As long as somebody types, nothing is asked. */
const PAUSE_MS = 150;

/** A filter, with the number of rows that it selects or, where it is wrong, the place marked in the text. */
export function FilterBox({ client, at, onFilter, stamp }: FilterBoxProps) {
  const [filter, setFilter] = useState("");
  const typed = useRef<HTMLTextAreaElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  // What is marked lies under what is typed, also where that is longer than the box.
  const follow = (): void => {
    if (mirror.current !== null) mirror.current.scrollTop = typed.current?.scrollTop ?? 0;
  };
  useLayoutEffect(follow);
  const { value, error, waiting } = useAnswer(
    async (signal) => {
      const tried = (await client.local("filter", { ...at, filter }, signal)) as Tried;
      // What comes too late is of another text than the one that is typed.
      if ("count" in tried && !signal.aborted) onFilter(filter, true);
      return { filter, tried };
    },
    [filter, stamp],
    PAUSE_MS,
  );
  const tried = value?.tried;
  // A mark of an earlier text would stand at the wrong place.
  const fault = tried !== undefined && "fault" in tried && value?.filter === filter ? tried.fault : undefined;
  return (
    <div class="filter">
      <label for="filter">Filter</label>
      <div class="marked">
        <div ref={mirror} class="mirror" aria-hidden="true">
          {fault === undefined ? filter : <Marked text={filter} fault={fault} />}
        </div>
        <textarea
          ref={typed}
          id="filter"
          onScroll={follow}
          rows={1}
          spellcheck={false}
          placeholder={'year > 1950 and title like "M%"'}
          value={filter}
          aria-invalid={fault !== undefined}
          aria-describedby="filter-said"
          onInput={(event) => {
            setFilter(event.currentTarget.value);
            onFilter(event.currentTarget.value, false);
          }}
        />
      </div>
      <output id="filter-said" class={waiting ? "quiet" : ""}>
        {fault !== undefined ? (
          <span class="bad">{fault.text}</span>
        ) : (
          tried !== undefined && "count" in tried && countText(tried.count, "row")
        )}
      </output>
      {error !== undefined && <Fault text={messageOf(error)} />}
    </div>
  );
}

function Marked({ text, fault: { start, end } }: { readonly text: string; readonly fault: FilterFault }) {
  return (
    <>
      {text.slice(0, start)}
      {/* At the end of the text there is nothing to mark but the place behind it. */}
      <mark>{text.slice(start, Math.max(end, start + 1)) || " "}</mark>
      {text.slice(Math.max(end, start + 1))}
    </>
  );
}
