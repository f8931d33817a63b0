import { bytesText, numberText } from "../inspect/values.js";
import { type Client, messageOf } from "./client.js";
import { Fault } from "./fault.js";
import { useAnswer } from "./use-answer.js";

interface Stats {
  readonly kernel: string;
  readonly collections: number;
  readonly fileBytes: number;
  readonly rowsToPurge: number;
  readonly memory: {
    readonly segmentsBytes: number;
    readonly keysBytes: number;
    readonly columnsBytes: number;
    readonly filtersBytes: number;
    readonly pageCacheBytes: number;
  };
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly database: string;
  readonly collection: string;
  readonly partition: string;
  readonly field: string;
  readonly index: string;
  readonly rows: number;
  readonly graphRows: number;
  readonly tombstones: number;
  readonly pending: number;
  readonly memoryBytes: number;
  readonly snapshot: string;
}

/** What is in memory and how large it is, part by part. */
export function MemoryView({ client }: { readonly client: Client }) {
  const { value, error, again } = useAnswer(async () => (await client.local("stats")) as Stats, []);
  if (error !== undefined) return <Fault text={messageOf(error)} />;
  if (value === undefined) return <p class="quiet">Looking …</p>;
  const { memory, segments } = value;
  const parts = [
    ["Vectors and graphs", memory.segmentsBytes],
    ["Primary keys", memory.keysBytes],
    ["Columns of fields", memory.columnsBytes],
    ["Rows of filters", memory.filtersBytes],
    ["SQLite's page cache, at most", memory.pageCacheBytes],
  ] as const;
  const largest = Math.max(...parts.map(([, bytes]) => bytes), 1);
  return (
    <section>
      <div class="title">
        <h1 class="grow">Memory and sizes</h1>
        <button type="button" onClick={again}>
          Look again
        </button>
      </div>
      <div class="scroll">
        <table class="sizes">
          <tbody>
            {parts.map(([name, bytes]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{bytesText(bytes)}</td>
                <td>
                  <meter min={0} max={largest} value={bytes} />
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">Database file</th>
              <td class="number">{bytesText(value.fileBytes)}</td>
              <td class="quiet">
                {value.rowsToPurge > 0 && `${numberText(value.rowsToPurge)} removed rows still take space`}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <h2>Segments in memory</h2>
      {segments.length === 0 && <p class="quiet">Nothing is in memory: what is loaded is read at its first search.</p>}
      {segments.length > 0 && (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                {[
                  "Collection",
                  "Partition",
                  "Field",
                  "Rows",
                  "In the graph",
                  "Removed",
                  "Waiting",
                  "Memory",
                  "Saved",
                ].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {segments.map((segment) => (
                <tr key={[segment.database, segment.collection, segment.partition, segment.field].join("\n")}>
                  <td>
                    {segment.database === "default" ? "" : `${segment.database}.`}
                    {segment.collection}
                  </td>
                  <td>{segment.partition}</td>
                  <td>{segment.field}</td>
                  <td class="number">{numberText(segment.rows)}</td>
                  <td class="number">{numberText(segment.graphRows)}</td>
                  <td class="number">{numberText(segment.tombstones)}</td>
                  <td class="number">{numberText(segment.pending)}</td>
                  <td class="number">{bytesText(segment.memoryBytes)}</td>
                  <td>{segment.snapshot}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="quiet">Distances are computed by {value.kernel}.</p>
    </section>
  );
}
