import { useState } from "preact/hooks";
import { keyField, keyText, plainFields, searchedFields } from "../inspect/schema.js";
import { Action } from "./actions.js";
import { messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { FilterBox } from "./filter-box.js";
import type { PartProps } from "./part-props.js";
import { placeOf } from "./route.js";
import { RowTable } from "./row-table.js";
import { useAnswer } from "./use-answer.js";

const PAGE_ROWS = 50;
/** Where a query may begin at most, those that it shows among them. */
const LAST_OFFSET = 16384 - PAGE_ROWS;

export function RowsView({ client, about, collection, at, place, onChanged }: PartProps) {
  const [filter, setFilter] = useState("");
  /** The filter is the one that is typed: nothing else is to be deleted by it. */
  const [settled, setSettled] = useState(true);
  const [offset, setOffset] = useState(0);
  const [vectors, setVectors] = useState(false);
  const [turn, setTurn] = useState(0);
  const key = keyField(collection);
  const { value, error } = useAnswer(
    (signal) => {
      const outputFields = vectors ? ["*"] : plainFields(collection);
      return client.rows("entities/query", { ...at, filter, outputFields, offset, limit: PAGE_ROWS }, signal);
    },
    [filter, offset, vectors, turn, collection],
  );
  const changed = () => {
    setTurn((n) => n + 1);
    onChanged();
  };
  const choose = (next: string, right: boolean) => {
    setSettled(right);
    if (!right) return;
    if (next !== filter) setOffset(0);
    setFilter(next);
  };
  return (
    <section>
      <FilterBox client={client} at={at} onFilter={choose} stamp={turn} />
      <p class="bar">
        <label>
          <input type="checkbox" checked={vectors} onChange={() => setVectors(!vectors)} /> vectors
        </label>
        <span class="grow" />
        {about.writes && settled && filter !== "" && (
          <Action
            client={client}
            title="Delete these rows"
            path="entities/delete"
            request={{ ...at, filter }}
            warning={`All rows that the filter selects will be gone for good: ${filter}`}
            onDone={changed}
          />
        )}
        <button type="button" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE_ROWS))}>
          ‹ before
        </button>
        <span class="quiet">from {offset + 1}</span>
        <button
          type="button"
          disabled={(value?.length ?? 0) < PAGE_ROWS || offset >= LAST_OFFSET}
          onClick={() => setOffset(Math.min(LAST_OFFSET, offset + PAGE_ROWS))}
        >
          next ›
        </button>
      </p>
      {error !== undefined && <Fault text={messageOf(error)} />}
      {value !== undefined && value.length === 0 && <p class="quiet">No rows.</p>}
      {value !== undefined && value.length > 0 && (
        <RowTable
          rows={value}
          keyName={key.name}
          actions={(row, close) => (
            <p class="buttons">
              {searchedFields(collection).length > 0 && (
                <a href={placeOf(place.database, at.collectionName, "search", String(row[key.name]))}>
                  Search like this
                </a>
              )}
              {about.writes && (
                <Action
                  client={client}
                  title="Delete"
                  path="entities/delete"
                  request={{ ...at, filter: `${key.name} == ${keyText(row[key.name], key)}` }}
                  warning="The row will be gone for good."
                  onDone={() => {
                    close();
                    changed();
                  }}
                />
              )}
            </p>
          )}
        />
      )}
    </section>
  );
}
