import { useState } from "preact/hooks";
import { numberText } from "../inspect/values.js";
import { Action } from "./actions.js";
import { type Client, messageOf } from "./client.js";
import { Fault } from "./fault.js";
import type { PartProps } from "./part-props.js";
import { useAnswer } from "./use-answer.js";

interface Partition {
  readonly name: string;
  readonly rows: number;
  readonly loaded: boolean;
}

export function PartitionsView({ client, about, collection, at, onChanged }: PartProps) {
  const [turn, setTurn] = useState(0);
  const { value, error } = useAnswer((signal) => partitionsOf(client, at, signal), [turn, collection]);
  const changed = () => {
    setTurn((n) => n + 1);
    onChanged();
  };
  if (error !== undefined) return <Fault text={messageOf(error)} />;
  return (
    <section class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col">Rows</th>
            <th scope="col">State</th>
            {about.writes && <th scope="col">Actions</th>}
          </tr>
        </thead>
        <tbody>
          {value?.map(({ name, rows, loaded }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="number">{numberText(rows)}</td>
              <td>{loaded ? "loaded" : "not loaded"}</td>
              {about.writes && (
                <td class="buttons">
                  <Action
                    client={client}
                    title={loaded ? "Release" : "Load"}
                    path={loaded ? "partitions/release" : "partitions/load"}
                    request={{ ...at, partitionNames: [name] }}
                    onDone={changed}
                  />
                  <Action
                    client={client}
                    title="Drop"
                    path="partitions/drop"
                    request={{ ...at, partitionName: name }}
                    warning={`The partition ${name} and its rows will be gone for good.`}
                    onDone={changed}
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

async function partitionsOf(client: Client, at: object, signal: AbortSignal): Promise<readonly Partition[]> {
  const names = await client.call<readonly string[]>("partitions/list", at, signal);
  return Promise.all(
    names.map(async (name) => {
      const [{ rowCount }, { loadState }] = await Promise.all([
        client.call<{ readonly rowCount: number }>("partitions/get_stats", { ...at, partitionName: name }, signal),
        client.call<{ readonly loadState: string }>(
          "collections/get_load_state",
          { ...at, partitionNames: [name] },
          signal,
        ),
      ]);
      return { name, rows: rowCount, loaded: loadState === "LoadStateLoaded" };
    }),
  );
}
