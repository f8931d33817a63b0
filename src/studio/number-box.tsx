interface NumberBoxProps {
  readonly label: string;
  /** Empty: the server decides. */
  readonly value: number | "";
  readonly most?: number;
  readonly onChange: (value: number | "") => void;
}

/** A number of at least 1, or none. */
export function NumberBox({ label, value, most, onChange }: NumberBoxProps) {
  return (
    <label>
      {label}{" "}
      <input
        type="number"
        min={1}
        max={most}
        value={value}
        placeholder="auto"
        onInput={({ currentTarget: { valueAsNumber } }) => onChange(Number.isNaN(valueAsNumber) ? "" : valueAsNumber)}
      />
    </label>
  );
}
