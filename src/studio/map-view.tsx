import { useState } from "preact/hooks";
import { isMapped, isVector, keyField } from "../inspect/schema.js";
import { cellText, countText, numberText } from "../inspect/values.js";
import { messageOf } from "./client.js";
import { colouring } from "./colours.js";
import { Fault } from "./fault.js";
import { type MapRows, readMapRows } from "./map-rows.js";
import type { MapTask } from "./map-worker.js";
import type { PartProps } from "./part-props.js";
import type { Projection } from "./pca.js";
import { Scatter } from "./scatter.js";
import { useAnswer } from "./use-answer.js";

interface Drawn extends MapRows {
  readonly projection: Projection;
}

/** The vectors of a field as points: what lies together is alike. */
export function MapView({ client, collection, at }: PartProps) {
  const mapped = collection.fields.filter(isMapped);
  const coloured = collection.fields.filter((field) => !isVector(field) && !field.primaryKey);
  const [fieldName, setFieldName] = useState(mapped[0]?.name ?? "");
  const [colourBy, setColourBy] = useState("");
  const [read, setRead] = useState(0);
  const [chosen, setChosen] = useState<number>();
  const field = mapped.find(({ name }) => name === fieldName);
  const { value, error, waiting } = useAnswer<Drawn | undefined>(
    async (signal) => {
      if (field === undefined) return undefined;
      setChosen(undefined);
      setRead(0);
      const request = { at, key: keyField(collection), field, colourBy: colourBy === "" ? undefined : colourBy };
      const found = await readMapRows(client, request, setRead, signal);
      return { ...found, projection: await projected(found, signal) };
    },
    [fieldName, colourBy],
  );
  if (field === undefined) return <p class="quiet">There are no vectors of one length: no map can be made.</p>;
  const colours =
    value === undefined
      ? undefined
      : colouring(value.values, collection.fields.find(({ name }) => name === colourBy)?.type);
  return (
    <section class="map">
      <p class="bar">
        <label>
          Vectors{" "}
          <select value={fieldName} onChange={(event) => setFieldName(event.currentTarget.value)}>
            {mapped.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          coloured by{" "}
          <select value={colourBy} onChange={(event) => setColourBy(event.currentTarget.value)}>
            <option value="">nothing</option>
            {coloured.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <output class="quiet">{waiting ? `${numberText(read)} rows read …` : value && caption(value)}</output>
      </p>
      {error !== undefined && <Fault text={messageOf(error)} />}
      {value !== undefined && colours !== undefined && value.keys.length > 0 && (
        <>
          <Scatter points={value.projection.points} colours={colours.colours} chosen={chosen} onChoose={setChosen} />
          <output class="chosen">
            {chosen === undefined
              ? "Point at a row, or go from one to the next with the arrow keys."
              : `${keyField(collection).name} ${cellText(value.keys[chosen], 60)}${colourBy === "" ? "" : `, ${colourBy} ${cellText(value.values[chosen], 120)}`}`}
          </output>
          {colourBy !== "" && (
            <ul class="legend">
              {colours.legend.map(({ name, colour }) => (
                <li key={name}>
                  <Swatch colour={colour} /> {name}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}

function Swatch({ colour }: { readonly colour: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="5" fill={colour} />
    </svg>
  );
}

function caption({ keys, drawn, projection: { shares } }: Drawn): string {
  const rows = `${countText(keys.length, "row")}${drawn ? ", drawn from all" : ""}`;
  if (keys.length === 0) return "no rows with a vector";
  if (keys.length === 1) return rows;
  if (shares[0] === 0) return `${rows}; all vectors are equal: they lie on one point`;
  return `${rows}; the map shows ${((shares[0] + shares[1]) * 100).toFixed(0)} % of their spread`;
}

/** Projects in a thread of its own, which ends with it. */
function projected({ rows, dimension }: MapRows, signal: AbortSignal): Promise<Projection> {
  const worker = new Worker("/studio/map-worker.js", { type: "module" });
  signal.addEventListener("abort", () => worker.terminate());
  return new Promise<Projection>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Projection>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`the map cannot be made: ${message}`));
    worker.postMessage({ rows, dimension } satisfies MapTask, [rows.buffer]);
  }).finally(() => worker.terminate());
}
