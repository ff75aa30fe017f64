// What of the items is listed, and in which order; kept in the address.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";

import { handlersQuery } from "../handlers.ts";
import { compact } from "../search.ts";
import { TeamSelect } from "../teams/TeamSelect.tsx";
import { Button } from "../ui/Button.tsx";
import { Disclosure } from "../ui/Disclosure.tsx";
import { CloseIcon } from "../ui/icons.tsx";
import { NativeSelect } from "../ui/NativeSelect.tsx";
import { SearchField } from "../ui/SearchField.tsx";
import { TextField } from "../ui/TextField.tsx";
import { filterWords, withoutFilters } from "./filters.ts";
import styles from "./ItemFilters.module.css";
import { type ItemsSearch, type Sort, SORTS, VISIBILITIES } from "./search.ts";

const ANY = "";
const MOST_WORDS = 200;

const SORT_WORDS: Record<Sort, string> = {
  "-updated_at": "Last changed first",
  name: "By name",
  "-id": "Newest first",
};

export interface ItemFiltersProps {
  search: ItemsSearch;
  onSearch: (search: ItemsSearch) => void;
}

export function ItemFilters({ search, onSearch }: ItemFiltersProps) {
  const change = (part: { [Name in keyof ItemsSearch]?: ItemsSearch[Name] | undefined }) =>
    onSearch(compact({ ...search, ...part }));
  const { q = "", team, handler, visibility, field, is, sort } = search;
  const place = useRef<HTMLDivElement>(null);
  const clear = () => {
    onSearch(withoutFilters(search));
    // The button leaves the page with the filters.
    place.current?.querySelector("input")?.focus();
  };
  return (
    <div ref={place} className={styles["filters"]} role="search">
      <div className={styles["row"]}>
        <SearchField
          label="Search names and metadata"
          value={q}
          onSearch={(words) => change({ q: words === "" ? undefined : words })}
          maxLength={MOST_WORDS}
        />
        <TeamSelect team={team} onChange={(chosen) => change({ team: chosen })} />
        <HandlerSelect handler={handler} onChange={(chosen) => change({ handler: chosen })} />
        <NativeSelect
          label="Who sees them"
          hideLabel
          choices={[
            { id: ANY, label: "Public or not" },
            { id: "public", label: "Public" },
            { id: "private", label: "Not public" },
          ]}
          value={visibility ?? ANY}
          onChange={(chosen) => change({ visibility: VISIBILITIES.find((one) => one === chosen) })}
        />
        <NativeSelect
          label="Order"
          hideLabel
          choices={SORTS.map((one) => ({ id: one, label: SORT_WORDS[one] }))}
          value={sort ?? "-updated_at"}
          onChange={(chosen) => change({ sort: SORTS.find((one) => one === chosen) })}
        />
        {filterWords(search).length > 0 && (
          <Button icon={CloseIcon} onPress={clear}>
            Clear filters
          </Button>
        )}
      </div>
      <MetadataFilter field={field} is={is} onChange={change} />
    </div>
  );
}

interface HandlerSelectProps {
  handler: string | undefined;
  onChange: (handler: string | undefined) => void;
}

function HandlerSelect({ handler, onChange }: HandlerSelectProps) {
  const handlers = useQuery(handlersQuery);
  const known = (handlers.data ?? []).map(({ name }) => name);
  // An address may name one that no worker announces any more: its items are there all the same.
  const names = handler === undefined || known.includes(handler) ? known : [...known, handler];
  return (
    <NativeSelect
      label="Handler"
      hideLabel
      choices={[
        { id: ANY, label: "Any handler" },
        ...names.map((name) => ({ id: name, label: name })),
      ]}
      value={handler ?? ANY}
      onChange={(chosen) => onChange(chosen === ANY ? undefined : chosen)}
    />
  );
}

interface MetadataFilterProps {
  field: string | undefined;
  is: string | undefined;
  onChange: (part: { field: string; is: string }) => void;
}

function MetadataFilter({ field = "", is = "", onChange }: MetadataFilterProps) {
  const [shown, setShown] = useState({ field, is });
  const [typed, setTyped] = useState(shown);
  // The address has changed: what is typed and was never asked for gives way.
  if (shown.field !== field || shown.is !== is) {
    setShown({ field, is });
    setTyped({ field, is });
  }
  const apply = (event: FormEvent) => {
    event.preventDefault();
    onChange({ field: typed.field.trim(), is: typed.is.trim() });
  };
  return (
    <Disclosure summary="By a value in the metadata" isOpen={field !== ""}>
      <form className={styles["metadata"]} onSubmit={apply}>
        <TextField
          label="Field"
          description="Its name. Of a field inside another both, with a dot between them."
          value={typed.field}
          onChange={(name) => setTyped({ ...typed, field: name })}
          isRequired
        />
        <TextField
          label="Value"
          description="Text as it stands there, or a number, true, false or null."
          value={typed.is}
          onChange={(value) => setTyped({ ...typed, is: value })}
          isRequired
        />
        <Button type="submit">Filter</Button>
      </form>
    </Disclosure>
  );
}
