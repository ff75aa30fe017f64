// A box for words to search by. The page's address follows a moment after the last key.
import { useEffect, useRef, useState } from "react";

import { TextField } from "../ui/TextField.tsx";

export interface SearchBoxProps {
  text: string;
  onSearch: (text: string) => void;
}

const REST_MS = 250;

export function SearchBox({ text, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(text);
  const [shown, setShown] = useState(text);
  // An address that changed by itself (back, a link) shows in the box.
  if (text !== shown) {
    setShown(text);
    setTyped(text);
  }
  const latest = useRef(onSearch);
  useEffect(() => {
    latest.current = onSearch;
  });
  useEffect(() => {
    const words = typed.trim();
    if (words === text) return undefined;
    const timer = setTimeout(() => latest.current(words), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <TextField
      label="Search names and metadata"
      hideLabel
      type="search"
      placeholder="Search names and metadata"
      value={typed}
      onChange={setTyped}
      maxLength={200}
    />
  );
}
