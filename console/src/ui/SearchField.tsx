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
  maxLength?: number;
}

export function SearchField(props: SearchFieldProps) {
  const { label, placeholder, value, onSearch, ...rest } = props;
  const { typed, setTyped, tell } = useTyped(value, onSearch);
  return (
    <AriaSearchField
      {...rest}
      value={typed}
      onChange={setTyped}
      onSubmit={tell}
      onClear={() => tell("")}
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

/** What is typed, told once it rests. It gives way to an address that changed by itself, and to no echo. */
function useTyped(value: string, onSearch: (words: string) => void) {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  // What was asked of the address and has not come: it may come late, while more is typed already.
  const [asked, setAsked] = useState<readonly string[]>([]);
  if (value !== seen) {
    const place = asked.lastIndexOf(value);
    setSeen(value);
    setAsked(place === -1 ? [] : asked.slice(place + 1));
    if (place === -1) setTyped(value);
  }
  const wanted = asked.at(-1) ?? seen;
  const tell = (text: string) => {
    const words = text.trim();
    if (words === wanted.trim()) return;
    setAsked([...asked, words]);
    onSearch(words);
  };
  useRested(typed, tell);
  return { typed, setTyped, tell };
}

/** Calls with the text once it has not changed for a moment. */
function useRested(text: string, call: (text: string) => void): void {
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  useEffect(() => {
    const timer = setTimeout(() => latest.current(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
}
