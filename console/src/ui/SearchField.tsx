// A field to search with. It tells what is typed once the typing rests, and at once on Enter or when it is
// cleared; `/` leads to it from anywhere on the page.
import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components/Button";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { SearchField as AriaSearchField } from "react-aria-components/SearchField";

import { classes } from "./classes.ts";
import { FieldLabel } from "./Field.tsx";
import fields from "./Field.module.css";
import { CloseIcon, SearchIcon } from "./icons.tsx";
import styles from "./SearchField.module.css";

const REST_MS = 300;

export interface SearchFieldProps {
  label: string;
  placeholder?: string;
  /** What is searched for now, as the address says. */
  value: string;
  onSearch: (words: string) => void;
}

export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  // The address has changed by itself: somebody went back, or followed a link.
  if (value !== told) {
    setTold(value);
    setTyped(value);
  }
  const tell = useRested((words: string) => {
    setTold(words);
    onSearch(words);
  });
  return (
    <AriaSearchField
      value={typed}
      onChange={(words) => {
        setTyped(words);
        tell(words, REST_MS);
      }}
      onSubmit={(words) => tell(words, 0)}
      onClear={() => tell("", 0)}
      className={fields["field"] ?? ""}
    >
      <FieldLabel label={label} hideLabel />
      <Group className={classes(fields["control"], styles["group"])}>
        <SearchIcon />
        <Input placeholder={placeholder ?? label} className={styles["input"] ?? ""} />
        <Button className={styles["clear"] ?? ""} aria-label="Clear the search">
          <CloseIcon size={14} />
        </Button>
      </Group>
    </AriaSearchField>
  );
}

/** Calls back once for the last of several calls, after it has rested. */
function useRested(call: (words: string) => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (words: string, rest: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => call(words), rest);
  };
}
