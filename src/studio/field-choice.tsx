import type { SearchedField } from "../inspect/schema.js";

interface FieldChoiceProps {
  readonly label: string;
  readonly fields: readonly SearchedField[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** A choice among the vector fields that can be searched. */
export function FieldChoice({ label, fields, value, onChange }: FieldChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {fields.map(({ field, metric }) => (
          <option key={field.name} value={field.name}>
            {field.name} ({metric})
          </option>
        ))}
      </select>
    </label>
  );
}
