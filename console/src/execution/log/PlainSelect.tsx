// A small choice in a row of tools: the browser's own, which is quick to open on any device.
import styles from "./LogTools.module.css";

export interface PlainSelectProps {
  label: string;
  value: string;
  choices: readonly (readonly [value: string, words: string])[];
  onChange: (value: string) => void;
}

export function PlainSelect({ label, value, choices, onChange }: PlainSelectProps) {
  return (
    <select
      className={styles["select"]}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map(([id, words]) => (
        <option key={id} value={id}>
          {words}
        </option>
      ))}
    </select>
  );
}
