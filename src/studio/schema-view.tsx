import { allFields, type Field, traitsOf, typeText } from "../inspect/schema.js";
import { numberText } from "../inspect/values.js";
import { messageOf } from "./client.js";
import { Fault } from "./fault.js";
import type { PartProps } from "./part-props.js";
import { useAnswer } from "./use-answer.js";

interface IndexState {
  readonly indexName: string;
  readonly fieldName: string;
  readonly indexType: string;
  readonly metricType: string;
  readonly totalRows: number;
  readonly indexedRows: number;
  readonly pendingRows: number;
  readonly indexState: string;
  readonly failReason: string;
}

/** Fields, functions and indexes. */
export function SchemaView({ client, collection, at }: PartProps) {
  const { functions, aliases, properties, indexes } = collection;
  const states = useAnswer(
    (signal) =>
      Promise.all(
        indexes.map(({ indexName }) =>
          client.call<readonly IndexState[]>("indexes/describe", { ...at, indexName }, signal),
        ),
      ).then((found) => found.flat()),
    [collection],
  );
  return (
    <section>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Type</th>
              <th scope="col">Is</th>
              <th scope="col">Description</th>
            </tr>
          </thead>
          <tbody>
            {allFields(collection).map((field) => (
              <FieldRow key={field.name} field={field} />
            ))}
          </tbody>
        </table>
      </div>
      <h2>Indexes</h2>
      {states.error !== undefined && <Fault text={messageOf(states.error)} />}
      {indexes.length === 0 && <p class="quiet">None: it cannot be loaded.</p>}
      {states.value !== undefined && indexes.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Index</th>
                <th scope="col">Field</th>
                <th scope="col">Type</th>
                <th scope="col">Metric</th>
                <th scope="col">State</th>
                <th scope="col">Rows</th>
                <th scope="col">In the index</th>
              </tr>
            </thead>
            <tbody>
              {states.value.map((index) => (
                <tr key={index.indexName}>
                  <td>{index.indexName}</td>
                  <td>{index.fieldName}</td>
                  <td>{index.indexType}</td>
                  <td>{index.metricType}</td>
                  <td>{index.failReason === "" ? index.indexState : index.failReason}</td>
                  <td class="number">{numberText(index.totalRows)}</td>
                  <td class="number">{numberText(index.indexedRows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2>More</h2>
      <dl class="facts">
        <Fact name="Dynamic field" value={collection.enableDynamicField ? "yes" : "no"} />
        <Fact name="Consistency" value={collection.consistencyLevel} />
        <Fact name="Aliases" value={aliases.join(", ") || "none"} />
        {functions.map(({ name, inputFieldNames, outputFieldNames, type }) => (
          <Fact
            key={name}
            name={`Function ${name}`}
            value={`${FUNCTIONS[type] ?? `type ${type}`}: ${inputFieldNames.join(", ")} → ${outputFieldNames.join(", ")}`}
          />
        ))}
        {properties.map(({ key, value }) => (
          <Fact key={key} name={key} value={value} />
        ))}
      </dl>
    </section>
  );
}

/** By the numbers of the wire protocol. */
const FUNCTIONS: Readonly<Record<number, string>> = { 1: "BM25", 2: "text embedding", 3: "rerank", 4: "MinHash" };

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function FieldRow({ field }: { readonly field: Field }) {
  return (
    <tr>
      <td>{field.name}</td>
      <td>{typeText(field)}</td>
      <td>{traitsOf(field).join(", ")}</td>
      <td>{field.description}</td>
    </tr>
  );
}
