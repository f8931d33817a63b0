import { useEffect, useState } from "preact/hooks";
import { keyField, keyValue, plainFields, searchedFields, textFields } from "../inspect/schema.js";
import { bytesText, countText } from "../inspect/values.js";
import { messageOf, type Row } from "./client.js";
import { Fault } from "./fault.js";
import { FieldChoice } from "./field-choice.js";
import { FilterBox } from "./filter-box.js";
import { NumberBox } from "./number-box.js";
import type { PartProps } from "./part-props.js";
import { placeOf } from "./route.js";
import { RowTable } from "./row-table.js";

type By = "row" | "vector" | "text";
const NAMES: Readonly<Record<By, string>> = { row: "a row", vector: "a vector", text: "a text" };
const MOST_HITS = 16384;

interface Found {
  readonly hits: readonly Row[];
  readonly ms: number;
}

/** Rows that are like another one, like a vector that was pasted, or like a text. */
export function SearchView({ client, collection, at, place }: PartProps) {
  const searched = searchedFields(collection);
  const [fieldName, setFieldName] = useState(searched[0]?.field.name ?? "");
  const [chosen, setBy] = useState<By>("row");
  const [given, setGiven] = useState(place.like ?? "");
  const [filter, setFilter] = useState("");
  const [limit, setLimit] = useState(10);
  const [ef, setEf] = useState<number | "">("");
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const seekRow = (likeKey: string): void => {
    setBy("row");
    setGiven(likeKey);
  };
  // The address may become another one while the page is open.
  useEffect(() => {
    if (place.like !== undefined) seekRow(place.like);
  }, [place.like]);
  const key = keyField(collection);
  const target = searched.find(({ field }) => field.name === fieldName);
  if (target === undefined) return <p class="quiet">No vector field has an index: there is nothing to search by.</p>;
  const ways: readonly By[] = textFields(collection).has(fieldName) ? ["row", "text", "vector"] : ["row", "vector"];
  const by = ways.includes(chosen) ? chosen : "row";

  const search = async (): Promise<void> => {
    setBusy(true);
    setFault("");
    try {
      const began = performance.now();
      const hits = await client.rows("entities/search", {
        ...at,
        annsField: fieldName,
        ...(by === "row" ? { ids: [keyValue(given, key)] } : { data: [by === "text" ? given : parsed(given)] }),
        limit,
        ...(filter !== "" && { filter }),
        ...(ef !== "" && { searchParams: { params: { ef } } }),
        outputFields: plainFields(collection),
      });
      setFound({
        hits: hits.map(({ distance, ...row }) => ({ [key.name]: row[key.name], distance, ...row })),
        ms: performance.now() - began,
      });
    } catch (error) {
      setFound(undefined);
      setFault(error instanceof SyntaxError ? error.message : messageOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <p class="bar">
          <FieldChoice label="in" fields={searched} value={fieldName} onChange={setFieldName} />
          <label>
            by{" "}
            <select value={by} onChange={(event) => setBy(event.currentTarget.value as By)}>
              {ways.map((way) => (
                <option key={way} value={way}>
                  {NAMES[way]}
                </option>
              ))}
            </select>
          </label>
          <NumberBox label="hits" value={limit} most={MOST_HITS} onChange={(value) => setLimit(value || 1)} />
          <NumberBox label="ef" value={ef} onChange={setEf} />
        </p>
        <label for="like">
          {by === "row" ? `The ${key.name} of the row` : by === "text" ? "The text" : "The vector, as JSON"}
        </label>
        <textarea
          id="like"
          rows={by === "row" ? 1 : 3}
          spellcheck={by === "text"}
          value={given}
          required
          onInput={(event) => setGiven(event.currentTarget.value)}
        />
        <FilterBox client={client} at={at} onFilter={setFilter} />
        <p class="bar">
          <button type="submit" class="first" disabled={busy}>
            {busy ? "Searching …" : "Search"}
          </button>
          {found !== undefined && (
            <output class="quiet">
              {countText(found.hits.length, "hit")} in {found.ms.toFixed(1)} ms
            </output>
          )}
        </p>
      </form>
      {fault !== "" && <Fault text={fault} />}
      {found !== undefined && found.hits.length > 0 && (
        <RowTable
          rows={found.hits}
          keyName={key.name}
          actions={(row, close) => (
            <p class="buttons">
              <a
                href={placeOf(place.database, at.collectionName, "search", String(row[key.name]))}
                onClick={() => {
                  seekRow(String(row[key.name]));
                  close();
                }}
              >
                Search like this
              </a>
            </p>
          )}
        />
      )}
    </section>
  );
}

/** @throws SyntaxError that says what is wrong with it */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`this is no vector: ${(error as Error).message} (${bytesText(text.length)} of text)`);
  }
}
