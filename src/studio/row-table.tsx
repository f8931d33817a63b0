import { useState } from "preact/hooks";
import { cellText, valueIn, wholeText } from "../inspect/values.js";
import type { Row } from "./client.js";
import { Dialog } from "./dialog.js";

interface RowTableProps {
  readonly rows: readonly Row[];
  /** The first column: what names a row. */
  readonly keyName: string;
  /** What can be done with one row. */
  readonly actions?: (row: Row, close: () => void) => preact.JSX.Element;
}

/** Rows as a table; the key of each opens it as a whole. */
export function RowTable({ rows, keyName, actions }: RowTableProps) {
  const [shown, setShown] = useState<Row>();
  const columns = columnsOf(rows, keyName);
  const close = () => setShown(undefined);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {columns.map((name) => {
                const value = valueIn(row, name);
                return (
                  <td key={name} class={kindOf(value)}>
                    {name === keyName ? (
                      <button type="button" class="link" onClick={() => setShown(row)}>
                        {cellText(value)}
                      </button>
                    ) : (
                      value !== undefined && cellText(value)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {shown !== undefined && (
        <Dialog title={`${keyName} ${cellText(shown[keyName], 60)}`} onClose={close}>
          {actions?.(shown, close)}
          <dl>
            {Object.entries(shown).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <pre>{wholeText(value)}</pre>
                </dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </div>
  );
}

/** Of all rows: each may have dynamic keys of its own. */
function columnsOf(rows: readonly Row[], keyName: string): readonly string[] {
  const names = new Set([keyName]);
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "number" ? "number" : "";
}
